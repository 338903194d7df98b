# SPDX-License-Identifier: GPL-2.0-only
# A text log and the binary one that convert makes of it, and the text of that: the same status, verdict and findings.
. "$SOURCE/tests/cli/kit.inc"

# told FILE: status, verdict, findings and each check's verdict.  A text is in no streams: the check merge is not judged.
told() {
	"$HYPSIM" check --json "$1" >"$dir/json" 2>"$dir/err"
	echo "status $?"
	sed 's/{"check":"merge"[^}]*},//; s/"worst":"[^"]*"//g; s/,"log":.*//' "$dir/json"
}

n=0
for f in "$SOURCE"/tests/logs/good/*.log "$SOURCE"/tests/logs/bad/*.log; do
	# Looks of one word have no order in the binary form, and none to what its holder does: where that decides, the forms differ.
	case $(basename "$f") in
	fairness_is_renewed.log | ORACLE_NONE.log | ORACLE_OTHER.log) continue ;;
	esac
	if ! "$HYPSIM" log convert --binary "$f" "$dir/binary" >/dev/null 2>"$dir/err"; then
		name=$f
		grep -q -e "has no rank" -e "the binary form has no old value" -e "is not known what it wrote" "$dir/err" ||
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
[ $n -gt 60 ] || fail "only $n logs were converted"

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
finish
