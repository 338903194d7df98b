# SPDX-License-Identifier: GPL-2.0-only
# A text log and the binary one that convert makes of it, and the text of that: the same status, verdict and findings.
. "$SOURCE/tests/cli/kit.inc"
share=3
[ "$test_form" = short ] || share=1

# told FILE: status, verdict, findings and each check's verdict.  A text is in no streams: the check merge is not judged.  Marks of
# different CPUs have no order: where a finding at one of them is, and what was around it, is not compared.
told() {
	"$HYPSIM" check --json "$1" >"$dir/json" 2>"$dir/err"
	echo "status $?"
	sed -e 's/{"check":"merge"[^}]*},//; s/"worst":"[^"]*"//g; s/,"log":.*//' -e 's/\("lock":null,"cpu":[0-9]*\),"at":[0-9]*,"index":[0-9]*/\1/g' \
		-e 's/"around":/\n&/g; s/],"more_findings"/\n&/' "$dir/json" |
		sed '/^"around":/{s/^.*{"check"/{"check"/;t;d}'
}

n=0
for f in $(every $share "$SOURCE"/tests/logs/good/*.log "$SOURCE"/tests/logs/bad/*.log); do
	if ! "$HYPSIM" log convert --binary "$f" "$dir/binary" >/dev/null 2>"$dir/err"; then
		name=$f
		grep -q -e "has no rank" -e "in the log of a lock that has" -e "the binary form has no old value" -e "is not known what it wrote" \
			-e "no order among looks" "$dir/err" ||
			fail "$f has no binary form: $(cat "$dir/err")"
		continue
	fi
	expect 0 "$f, back" "$HYPSIM" log convert "$dir/binary" "$dir/text"
	told "$f" >"$dir/1"
	told "$dir/binary" >"$dir/2"
	told "$dir/text" >"$dir/3"
	cmp -s "$dir/1" "$dir/2" || fail "$f: its binary form is judged differently: $(diff "$dir/1" "$dir/2")"
	cmp -s "$dir/1" "$dir/3" || fail "$f: the text of its binary form is judged differently: $(diff "$dir/1" "$dir/3")"
	n=$((n + 1))
done
[ $n -gt $((60 / share)) ] || fail "only $n logs were converted"

# What cannot be streams of CPUs is a finding in a text, and has no binary form.
section() { printf '1 %s INC_TICKET 10\n1 %s GET_NOW\n1 %s HOLD_LOCK\n1 %s INC_NOW\n' "$1" "$1" "$1" "$1"; }
(section 0; echo '#! 0 close'; section 0) >"$dir/behind"
(echo '#! 0 episode 0'; echo '#! 1 episode 0'; section 0; echo '#! 0 episode 1'; section 0; section 1) >"$dir/ahead"
(echo '#! 0 episode 1'; echo '#! 1 episode 0') >"$dir/back"
for f in behind ahead back; do
	expect 1 "$f" "$HYPSIM" check "$dir/$f"
	says out "first violation: MERGE_FORGED"
	expect 2 "$f, binary" "$HYPSIM" log convert --binary "$dir/$f" "$dir/never"
	says err "MERGE_FORGED: CPU"
	[ -e "$dir/never" ] && fail "$f: an output"
done
expect 1 "behind" "$HYPSIM" check "$dir/behind"
says out "CPU 0: records behind the end of its stream"
says out "5 events: VIOLATION"
expect 1 "ahead" "$HYPSIM" check "$dir/ahead"
says out "CPU 1 is in episode 0, and episode 1 has begun"

# The order of looks that only a text can say decides here: it has no binary form, and says where it would be another.
good=$SOURCE/tests/logs/good bad=$SOURCE/tests/logs/bad
refused() {
	rm -f "$dir/never"
	expect 2 "$1, binary" "$HYPSIM" log convert --binary "$1" "$dir/never"
	says err "$1: $2"
	says err "the verdict may depend on it, and the binary form has no order among looks at one word by different CPUs"
	[ -e "$dir/never" ] && fail "$1: an output"
}
refused "$good/fairness_is_renewed.log" "lock 7 (NPT:2): event 1 of the lock's log is GET_NOW of CPU 1, and there it would be GET_NOW of CPU 0"
refused "$bad/ORACLE_OTHER.log" "lock 7 (NPT:2): event 1 of the lock's log is GET_NOW of CPU 1, and there it would be GET_NOW of CPU 0"
refused "$bad/ORACLE_NONE.log" "lock 7 (NPT:2): event 0 of the lock's log is INC_TICKET of CPU 0, and there it would be HOLD_LOCK of CPU 1"
# Behind the events that are kept one by one the lock is named.
(section 0 | awk '{ l[NR] = $0 } END { for (i = 0; i < 16385; i++) for (k = 1; k <= NR; k++) print l[k] }'
printf '1 0 INC_TICKET 10\n1 1 INC_TICKET 10\n1 1 GET_NOW\n1 0 GET_NOW\n') >"$dir/long"
refused "$dir/long" "lock 1 (CORE): its events would stand in another order"
# In the order of the CPUs all of it has one.
sed -i '$d' "$dir/long"
sed -i '$d' "$dir/long"
printf '1 0 GET_NOW\n1 1 GET_NOW\n' >>"$dir/long"
expect 0 "long, in order" "$HYPSIM" log convert --binary "$dir/long" "$dir/binary"
# An output that was there stays; one that cannot be read back is not looked at.
cp "$good/fairness_is_renewed.log" "$dir/there"
expect 2 "there" "$HYPSIM" log convert --binary "$bad/ORACLE_NONE.log" "$dir/there"
cmp "$good/fairness_is_renewed.log" "$dir/there" || fail "an output that was there has changed"
expect 0 "/dev/null" "$HYPSIM" log convert --binary "$good/fairness_is_renewed.log" /dev/null
finish
