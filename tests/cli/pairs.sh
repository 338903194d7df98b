# SPDX-License-Identifier: GPL-2.0-only
# explore marks outcomes that no serial order gives, and explore --pairs classifies pairs of entry operations: a fixed part of the
# matrix, what an erratum turns into another outcome, and the comparison with a stored matrix.
. "$SOURCE/tests/cli/kit.inc"

# Serial orders of operations are (n k)! / (k!)^n for n CPUs with k operations each; a locked section is one operation.
orders()
{
	expect 0 "explore $2 $3" "$HYPSIM" explore "$2" -o "$3" ${4:+-o "$4"} --json
	says out "\"serial_orders\":$1,"
}
orders 6 lock cpus=3
orders 20 lock cpus=2 sections=3
orders 90 lock cpus=3 sections=2
says out '"serial":true'
grep -q '"serial":false' "$dir/out" && fail "sections of one lock: an outcome is non-serial"
expect 0 "a check and an act in two sections" "$HYPSIM" explore split
says out "4 executions, done, VIOLATION, non-serial"
says out "1 execution, done; contents"
expect 0 "a deadlock" "$HYPSIM" explore abba
says out "1 execution, deadlock, VIOLATION, non-serial"

# A program that is stuck where another one has left with the lock: the others go on.
cat >"$dir/left.hyp" <<'END'
concurrent
cpu 0
acquire_lock_core
cpu 1
acquire_lock_core
release_lock_core
end
END
expect 1 "a lock that is not given up" "$HYPSIM" explore "$dir/left.hyp" --all
says out "compared with 2 serial orders"

# The part before concurrent is judged in the order in which it ran: three tickets of CORE, by CPU 0, 1 and 0.
cat >"$dir/before.hyp" <<'END'
boot 1024
hvc HVC_REGISTER_KVM
cpu 1
hvc HVC_REGISTER_KVM
cpu 0
hvc HVC_REGISTER_KVM
concurrent
cpu 0
hvc HVC_REGISTER_KVM
cpu 1
hvc HVC_REGISTER_KVM
end
expect verdict clean
END
expect 0 "who was first" "$HYPSIM" explore "$dir/before.hyp"
says out "2 executions, 2 classes"
says out "2 outcomes, compared with 2 serial orders"

pairs()
{
	"$HYPSIM" explore --pairs "$@"
}

# The fixed part, as intended.
part="--only set_boot_info --only register_kvm --only run --only irq --only revoke --only fault --only host_store"
expect 0 "a part of the matrix" pairs --errata intended $part
says out "28 cells of 7 entry operations, errata intended:"
says out ", 0 neither, 0 without a start;"
says out ", 0 with violations, 0 not explored to the end"
cat >"$dir/expected" <<'END'
  1 set_boot_info    sp
  2 register_kvm     ip s
  3 run              sp .p ip
  4 irq              sp .  sp i
  5 revoke           .p .  ip .  i
  6 fault            .p .p sp .p sp sp
  7 host_store       .p .  sp .  sf .p i
END
sed -n 's/ *$//;/^ *[1-9] [a-z_]* .*[-.isnN]/p' "$dir/out" >"$dir/letters"
cmp -s "$dir/letters" "$dir/expected" || fail "the matrix is another one: $(diff "$dir/expected" "$dir/letters")"

# What a slip does to a pair: as published the grant reads entry and level in two sections, between which the block comes.
expect 0 "two sections" pairs --errata intended --erratum grant-two-sections=published --only grant --only run_block --executions 520 --json
says out '"a":"run_block","b":"grant","class":"explained","why":"walk_s2pt'
says out '"known":["grant-two-sections"]'
expect 0 "one section" pairs --errata intended --only grant --only run_block --executions 520 --json
says out '"a":"run_block","b":"grant","class":"serial","why":"",'
says out '"a":"run_block","b":"run_block","class":"serial","why":"","complete":false'

# As published a load goes to the saved context: these outcomes differ by nothing else.
expect 0 "saved contexts" pairs --only decrypt_buf --only host_dev_load --json
says out '"a":"decrypt_buf","b":"host_dev_load","class":"explained","why":"in the section of S2PAGE'

# A stored matrix.
small="--errata intended --only register_kvm --only fault --only irq"
expect 0 "a matrix" pairs $small --json
cp "$dir/out" "$dir/old.json"
expect 0 "the same" pairs $small --compare "$dir/old.json"
says out "0 of 6 cells differ"
sed 's/"class":"serial"/"class":"independent"/' "$dir/old.json" >"$dir/other.json"
expect 1 "another class" pairs $small --compare "$dir/other.json"
says out "register_kvm x register_kvm: class differs"
sed 's/"contents":"0x[0-9a-f]*"/"contents":"0x1"/' "$dir/old.json" >"$dir/other.json"
expect 1 "another outcome" pairs $small --compare "$dir/other.json"
says out "register_kvm x register_kvm: start 0: outcomes (1 are gone, 1 are new) differs"
sed 's/"a":"irq","b":"fault"/"a":"irq","b":"none"/' "$dir/old.json" >"$dir/other.json"
expect 1 "a cell that is new" pairs $small --compare "$dir/other.json"
says out "irq x fault: is new"
expect 2 "other errata" pairs --only irq --compare "$dir/old.json"
says err "the errata are on other sides there"
echo '{' >"$dir/bad.json"
expect 2 "no matrix" pairs --only irq --compare "$dir/bad.json"
says err "bad.json:2:0: expected what explore --pairs --json prints"
expect 2 "no file" pairs --only irq --compare "$dir/none.json"
says err "none.json"
[ ! -s "$dir/out" ] || fail "no file: explored before it was looked at"

expect 2 "a row that there is not" pairs --only verifi
says err "there is no entry operation 'verifi' (did you mean 'verify'?)"
expect 2 "pairs and a scope" pairs lock
says err "--pairs has scopes of its own"
for o in "--strategy naive" "--depend cells" --symmetry "--rounds 2" "--jobs 2" "--shard 1/2" "--resume $dir/kept" --merge --estimate \
	"--save $dir/saved" --print "--require complete" "--cpus 2" "-o cpus=2"; do
	expect 2 "pairs and $o" pairs --only irq $o
	says err "--pairs"
done
# Ctrl-C is no finding.
env --default-signal=INT timeout -s INT --preserve-status 0.5 "$HYPSIM" explore --pairs --json >"$dir/out" 2>"$dir/err"
got=$?
[ $got -eq 130 ] || fail "Ctrl-C: exit status $got"
says out '"interrupted":true'
expect 2 "compare without pairs" "$HYPSIM" explore lock --compare "$dir/old.json"
says err "--compare goes with --pairs only"
# All of it: a start for each cell, a reason for each outcome, and at most one cell in twenty that is not explored to the end.
whole()
{
	expect 0 "the whole matrix, $1" pairs $2
	says out ", 0 neither, 0 without a start;"
	says out ", 0 with violations, "
	sed -n 's/^\([0-9]*\) cells of .* \([0-9]*\) not explored to the end$/\1 \2/p' "$dir/out" >"$dir/counts"
	awk '{ n++; if (20 * $2 > $1) exit 1 } END { exit n != 1 }' "$dir/counts" || fail "$1: $(cat "$dir/counts")"
}
if [ "$test_form" = full ]; then
	whole "as published" ""
	whole "as intended" "--errata intended"
fi
finish
