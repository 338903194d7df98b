# SPDX-License-Identifier: GPL-2.0-only
# The index of a log: with it every question has the answer that it has without, on both outputs and by its exit status; also of logs that
# were cut or are damaged, and where the index itself is damaged, old, or cannot be written.
. "$SOURCE/tests/cli/kit.inc"

# same COMMAND [ARG]...: the answer about $log by the index $ix is the one without.  In short every 17th question.
same() {
	question=$((question + 1))
	[ "$test_form" = full ] || [ $((question % 17)) -eq 0 ] || return
	"$HYPSIM" log "$@" --index none "$log" >"$dir/want" 2>"$dir/want.err"
	want=$?
	"$HYPSIM" log "$@" --index "$ix" "$log" >"$dir/out" 2>"$dir/err"
	got=$?
	asked=$((asked + 1))
	[ "$want" -eq "$got" ] || fail "$log: $*: exit status $got, and $want without the index"
	cmp -s "$dir/want" "$dir/out" || fail "$log: $*: another answer by the index"
	cmp -s "$dir/want.err" "$dir/err" || fail "$log: $*: says \"$(head -1 "$dir/err")\", and \"$(head -1 "$dir/want.err")\" without"
}
asked=0 question=0

# ask LOG EVERY: questions all over the log, with points so many events apart.
ask() {
	log=$1 ix=$dir/ix
	rm -f "$ix"
	expect 0 "the index of $log" "$HYPSIM" log index --every "$2" --index "$ix" "$log"
	events=$(sed 's/.*: \([0-9]*\) events,.*/\1/' "$dir/out")
	[ "$events" -gt 0 ] || fail "$log: no events"
	for part in 0 1 2 3 4 5 6 7; do
		from=$((events * part / 8))
		same show --json --from "$from" --to $((from + 50))
		same at "$from"
	done
	for from in $((events - 1)) "$events" $((events + 300)); do
		same show --from "$from"
		same at "$from"
	done
	third=$((events / 3))
	same show --raw --from "$third"
	same show --around "$third" -C 3
	same at "$third" dump S2PAGE
	same at "$third" dump NPT:0
	same at $((2 * third)) dump FLATMEM
	same at $((2 * third)) page 0x40010
	same at $((2 * third)) walk 0 0x210000
	same show --cpu 0 --kind INC_TICKET --from "$third" --json
	same show --kind panic,stuck,stall,deadlock
	same show --lock S2PAGE,NPT:1 --to $((2 * third)) --raw
	same show --vm 1 --raw
	same show --op map_page_host,gen_vmid --columns
	same show --arg vmid=2
	same show --cell "CORE next_vmid[0]"
	same show --bank 0,1
	same show --vcpu 1,0
	same show --pfn 0x40010,0x200,5
	same show --episode 1 --kind begin
	same show --time 100000..200000
	for by in lock waiter holder; do
		same locks --by "$by"
		same locks --by "$by" --json --sort name
		same locks --by "$by" --lock S2PAGE,SMMU
		same locks --by "$by" --from "$third" --to $((2 * third)) --json
	done
	for by in hand-overs rounds events time; do
		same waits --by "$by" --top 60
		same waits --by "$by" --json --top 3
		same waits --by "$by" --from "$third" --to $((2 * third)) --cpu 0,1
	done
	same waits --top 100
	same waits --lock S2PAGE
	for of in "page 0x40010" "page 0x200" "page 5" "vm 0" "vm 1" "bank 0,1" "cell CORE next_vmid[0]" "cell S2PAGE s2_owner[5]"; do
		# shellcheck disable=SC2086
		same $of
		# shellcheck disable=SC2086
		same $of --json --from "$third" --to $((2 * third))
	done
}

run() {
	expect 0 "a run: $*" "$HYPSIM" run "$@" --check off --log "$dir/run"
	mv "$dir/run" "$dir/$n.hlog"
	n=$((n + 1))
}
n=0
run storm --cpus 1 --ops 60 --seed 5
run storm --cpus 4 --ops 60 --seed 3 --episode 20
run storm --cpus 16 --ops 10 --seed 4 --timestamps
run lock-storm --cpus 3 --ops 300 --seed 3 --timestamps
run flat-storm --cpus 3 --ops 300
run clash --cpus 3 --ops 40 --tlb
expect 0 "a packed log" "$HYPSIM" log convert --zstd "$dir/1.hlog" "$dir/packed.hlog"

# Cut logs: the closing part of the header is gone, and the file ends where it ends; damaged ones: a byte of a chunk, of the last one.
cut() {
	{
		head -c 40 "$dir/$1.hlog"
		head -c 24 /dev/zero
		tail -c +65 "$dir/$1.hlog"
	} | head -c "$2" >"$dir/cut$2.hlog"
}
cut 1 600000
cut 3 900000
cut 1 90000000
cp "$dir/1.hlog" "$dir/damaged.hlog"
size=$(stat -c %s "$dir/1.hlog")
printf 'x' | dd of="$dir/damaged.hlog" bs=1 seek=$((4096 + 262144 + 3000)) conv=notrunc 2>/dev/null
i=0
for log in "$dir"/*.hlog; do
	i=$((i + 1))
	ask "$log" $((300 + i * 131))
	[ "$test_form" = short ] || ask "$log" 100000
done
echo "$asked questions"

# Who maps a page by linking a table that has its entry, or no more by unlinking it, long behind the entry, says nothing of the page.
steps() {
	echo "$1 0 INC_TICKET 10"
	echo "$1 0 GET_NOW"
	echo "$1 0 HOLD_LOCK"
	echo "$1 0 OPULL $1"
	echo "$1 0 $2"
	echo "$1 0 INC_NOW"
}
fill() {
	for i in $(seq 400); do steps 1 "OCORE_DATA next_remap_ptr[0]=$((i - 1))>$i"; done
	steps 1 "OCORE_DATA next_remap_ptr[0]=400>0"
}
{
	echo '#! config {"cpus":1,"machine":true,"regions":[[0,16777216,0,2],[1073741824,16777216,4096,0]]}'
	echo '#! 0 episode 0'
	fill
	steps 5 "ONPT pt_pmd_pool[9506816]=0>0x40010fff"
	fill
	steps 5 "ONPT pt_vttbr_pool[65536]=0>69635 pt_pgd_pool[69632]=0>1118211 pt_pud_pool[1118208]=0>9506819"
	fill
	steps 5 "ONPT pt_pud_pool[1118208]=9506819>0"
	fill
	steps 5 "ONPT pt_pud_pool[1118208]=0>9506819"
	fill
	echo '#! 0 close'
} >"$dir/links.txt"
log=$dir/links.hlog ix=$dir/ix
expect 0 "a log of links" "$HYPSIM" log convert "$dir/links.txt" "$log"
expect 0 "its index" "$HYPSIM" log index --every 1 --index "$ix" "$log"
# All of these are asked.
test_form=full
same page 0x40010
[ "$(grep -c 'CPU 0' "$dir/out")" -eq 3 ] || fail "links: $(cat "$dir/out")"
same page 0x40010 --from 9000
same cell NPT:0 "pt_pmd_pool[9506816]"
same vm 0
same page 0x40011

# Of a small log none is made unless one is asked for; one that is there is used, and one of another log is made anew.
rm -rf "$dir"/*.hidx
log=$dir/1.hlog
expect 0 "a small log" "$HYPSIM" log show --from 1000 --to 1010 "$log"
[ ! -e "$log.hidx" ] || fail "a small log has got an index"
expect 0 "an index" "$HYPSIM" log index "$log"
says out "$log.hidx: "
cp "$log.hidx" "$dir/other.hidx"
expect 0 "another log's index" "$HYPSIM" log show --from 1000 --to 1010 --index "$dir/other.hidx" "$dir/3.hlog"
cmp -s "$log.hidx" "$dir/other.hidx" && fail "another log's index was not made anew"
expect 0 "the log's own" "$HYPSIM" log show --from 1000 --to 1010 "$log"
cp "$dir/out" "$dir/want"
rm "$log.hidx"
mkdir "$log.hidx"
expect 0 "no place, and a small log" "$HYPSIM" log show --from 1000 --to 1010 "$log"
cmp "$dir/want" "$dir/out"
[ -s "$dir/err" ] && fail "a small log: says something of an index"
expect 0 "no place" "$HYPSIM" log show --from 1000 --to 1010 --index "$dir/nowhere/ix" "$log"
says err "no index, so the whole log is read: $dir/nowhere/ix: No such file or directory"
[ "$(wc -l <"$dir/err")" -eq 1 ] || fail "no place: said more than once"
cmp "$dir/want" "$dir/out" || fail "no place: another answer"
expect 2 "no place for log index" "$HYPSIM" log index --index "$dir/nowhere/ix" "$log"
says err "$dir/nowhere/ix: No such file or directory"
cp "$log" "$dir/precious"
expect 2 "an index in place of another file" "$HYPSIM" log index --index "$dir/precious" "$log"
says err "$dir/precious: it is no index, and stays as it is"
expect 0 "a question with one in place of the log" "$HYPSIM" log show --from 1000 --to 1010 --index "$log" "$log"
says err "$log: it is no index, and stays as it is"
cmp "$dir/want" "$dir/out" || fail "one in place of the log: another answer"
cmp "$dir/precious" "$log" || fail "an index has taken the place of the log"
cd "$dir" || exit 1
expect 2 "an index that is none" "$HYPSIM" log index --index none "$log"
says err "--index none: none is no index, and log index writes one; a file of that name is ./none"
[ ! -e none ] || fail "an index that is none was written"
expect 0 "an index in a file none" "$HYPSIM" log index --index ./none "$log"
says out "./none: "
cd / || exit 1
expect 2 "a text" "$HYPSIM" log index "$SOURCE/tests/logs/good/operations.log"
says err "only a binary log that nobody writes any more has an index"
expect 0 "a question about a text" "$HYPSIM" log at 40 --index "$dir/text.hidx" "$SOURCE/tests/logs/good/operations.log"
[ ! -e "$dir/text.hidx" ] || fail "a text has got an index"

finish
