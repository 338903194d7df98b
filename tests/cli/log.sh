# SPDX-License-Identifier: GPL-2.0-only
# hypsim log: show, stats, convert.
. "$SOURCE/tests/cli/kit.inc"

a=$dir/a.hlog
expect 0 "a run" "$HYPSIM" run lock-storm --cpus 3 --ops 200 --seed 3 --check off --log "$a"

# Text and back, packed, compressed: the same events.
expect 0 "to text" "$HYPSIM" log convert "$a" "$dir/a.txt"
expect 0 "to binary" "$HYPSIM" log convert "$dir/a.txt" "$dir/b.hlog"
expect 0 "to text again" "$HYPSIM" log convert --text "$dir/b.hlog" "$dir/b.txt"
cmp "$dir/a.txt" "$dir/b.txt" || fail "text, binary, text: not the same"
expect 0 "compress" "$HYPSIM" log convert --zstd=3 "$a" "$dir/z.hlog"
expect 0 "compressed to standard output" "$HYPSIM" log convert "$dir/z.hlog" -
cmp "$dir/a.txt" "$dir/out" || fail "compressed: not the same"
expect 0 "text from standard input" sh -c '"$1" log convert --zstd - "$2" <"$3"' sh "$HYPSIM" "$dir/s.hlog" "$dir/a.txt"
expect 0 "packed" "$HYPSIM" log convert --binary "$a" "$dir/p.hlog"
[ "$(stat -c %s "$dir/z.hlog")" -lt "$(stat -c %s "$dir/p.hlog")" ] || fail "compressed is not smaller"
# The same records, too.
for f in b p; do
	expect 0 "stats of $f" "$HYPSIM" log stats --json "$dir/$f.hlog"
	sed 's/.*"bytes":\([0-9]*\).*/\1/' "$dir/out" >"$dir/$f.bytes"
done
[ -s "$dir/b.bytes" ] || fail "no length of records"
cmp "$dir/b.bytes" "$dir/p.bytes" || fail "text and back takes other records"
for f in b.hlog z.hlog s.hlog p.hlog a.txt; do
	expect 0 "check $f" "$HYPSIM" check "$dir/$f"
done

# Flat memory: numbers, ranges, values of the data oracle.
expect 0 "a run on flat memory" "$HYPSIM" run flat-storm --cpus 3 --ops 300 --check off --log "$dir/f.hlog"
expect 0 "flat memory to text" "$HYPSIM" log convert "$dir/f.hlog" "$dir/f.txt"
expect 0 "flat memory to binary" "$HYPSIM" log convert --zstd "$dir/f.txt" "$dir/f2.hlog"
expect 0 "flat memory to text again" "$HYPSIM" log convert "$dir/f2.hlog" "$dir/f2.txt"
cmp "$dir/f.txt" "$dir/f2.txt" || fail "flat memory: not the same"
grep -Eq '^0 [012] OFLATMEM flatmem\[[0-9a-fx]+\.\.[0-9a-fx]+\]=doracle\([0-9a-fx]+,[0-9a-fx]+\) @' "$dir/f.txt" || fail "no range of the data oracle"
for f in f.hlog f.txt f2.hlog; do
	expect 0 "check $f" "$HYPSIM" check "$dir/$f"
done
expect 0 "stats of flat memory" "$HYPSIM" log stats "$dir/f.hlog"
says out " of flat memory) with "
grep -q '^FLATMEM' "$dir/out" && fail "flat memory stands among the locks"
grep -Eq '^S2PAGE  +[0-9]+ ' "$dir/out" || fail "no line for the lock S2PAGE"
expect 0 "show flat memory" "$HYPSIM" log show --json --lock 0 "$dir/f.hlog"
sed 's/.*"number":\([0-9]*\).*/\1/' "$dir/out" >"$dir/numbers"
seq 0 $(($(wc -l <"$dir/out") - 1)) | cmp - "$dir/numbers" || fail "numbers of flat memory: not one after the other"
sed 's/=doracle(\([0-9]*\),/&1/' "$dir/f.txt" >"$dir/f3.txt"
expect 1 "other values of the data oracle" "$HYPSIM" check "$dir/f3.txt"
says out "CONTENTS_"

# With times.
expect 0 "a run with times" "$HYPSIM" run lock-storm --cpus 3 --ops 100 --timestamps --check off --log "$dir/t.hlog"
expect 0 "times to text" "$HYPSIM" log convert "$dir/t.hlog" "$dir/t.txt"
expect 0 "times to binary" "$HYPSIM" log convert --zstd "$dir/t.txt" "$dir/t2.hlog"
expect 0 "times to text again" "$HYPSIM" log convert "$dir/t2.hlog" "$dir/t2.txt"
grep -q '^#! [012] time [0-9]*$' "$dir/t.txt" || fail "no times"
cmp "$dir/t.txt" "$dir/t2.txt" || fail "times: not the same"
expect 0 "stats of times" "$HYPSIM" log stats "$dir/t.hlog"
says out "wait p50, p99, max ns"

# show: whole, and what is asked for.
expect 0 "show" "$HYPSIM" log show "$a"
events=$(wc -l <"$dir/out")
expect 0 "show a part" "$HYPSIM" log show --from 10 --to 19 "$a"
[ "$(wc -l <"$dir/out")" -eq 10 ] || fail "show --from 10 --to 19: not ten events"
expect 0 "show a CPU, a lock, a kind" "$HYPSIM" log show --raw --cpu 1 --lock S2PAGE,3 --kind INC_NOW "$a"
[ -s "$dir/out" ] || fail "show --cpu --lock --kind: nothing"
grep -Evq '^ *[0-9]+  [23] 1 INC_NOW$' "$dir/out" && fail "show --cpu --lock --kind: something else"
expect 0 "show around an event" "$HYPSIM" log show --around 12 -C 2 "$a"
[ "$(awk '{ printf "%s ", $1 }' "$dir/out")" = "10 11 12 13 14 " ] || fail "around: $(cat "$dir/out")"
expect 0 "show around the first event" "$HYPSIM" log show --around 1 "$a"
[ "$(wc -l <"$dir/out")" -eq 12 ] || fail "around the first: $(wc -l <"$dir/out") events"
expect 2 "around and a range" "$HYPSIM" log show --around 12 --to 20 "$a"
says err "--around goes with neither --from nor --to"
expect 2 "a context of nothing" "$HYPSIM" log show -C 2 "$a"
says err "-C goes with --around"
expect 2 "times of a log without" "$HYPSIM" log show --time 1..2 "$a"
says err "--time: the log has no timestamps"
expect 0 "show times" "$HYPSIM" log show --json --time 1000000..90000000000 "$dir/t.hlog"
cp "$dir/out" "$dir/all.json"
from=$(sed -n '5s/.*"time_ns":\([0-9]*\).*/\1/p' "$dir/all.json")
expect 0 "show from a time on" "$HYPSIM" log show --json --time "$from.." "$dir/t.hlog"
awk -v from="$from" -F'"time_ns":' '{ split($2, t, /[,}]/); if (t[1] + 0 >= from) n++ } END { print n }' "$dir/all.json" >"$dir/n"
[ "$(wc -l <"$dir/out")" -eq "$(cat "$dir/n")" ] || fail "from $from ns: $(wc -l <"$dir/out") events, not $(cat "$dir/n")"
expect 2 "no range of times" "$HYPSIM" log show --time 5 "$dir/t.hlog"
expect 2 "an empty range of times" "$HYPSIM" log show --time 5..4 "$dir/t.hlog"
expect 0 "a run with episodes" "$HYPSIM" run storm --cpus 2 --ops 3000 --check off --log "$dir/e.hlog"
sum=0 episode=0
while expect 0 "show an episode" "$HYPSIM" log show --episode $episode "$dir/e.hlog" && [ -s "$dir/out" ]; do
	[ "$(grep -c ' episode ' "$dir/out")" -ge 2 ] || fail "episode $episode: $(grep ' episode ' "$dir/out")"
	sum=$((sum + $(wc -l <"$dir/out"))) episode=$((episode + 1))
done
[ $episode -ge 2 ] || fail "the run has $episode episodes"
expect 0 "show all" "$HYPSIM" log show "$dir/e.hlog"
[ "$(wc -l <"$dir/out")" -eq $sum ] || fail "$episode episodes have $sum events, the log $(wc -l <"$dir/out")"
expect 0 "show columns" "$HYPSIM" log show --columns --to 50 "$a"
says out "CPU 2"
expect 0 "show JSON" "$HYPSIM" log show --json "$a"
[ "$(wc -l <"$dir/out")" -eq "$events" ] || fail "show --json: not one line an event"
says out '{"index":0,"cpu":0,"event":"episode","number":0,"args":[0]}'
# What the raw form shows is the text form, behind indices.
expect 0 "show raw" "$HYPSIM" log show --raw "$a"
sed 's/^ *[0-9]*  //' "$dir/out" >"$dir/raw"
sed '/^#! config /d' "$dir/a.txt" | cmp - "$dir/raw" || fail "show --raw: not the text form"
"$HYPSIM" log show "$a" 2>"$dir/err" | head -1 >/dev/null
[ -s "$dir/err" ] && fail "a closed pipe is not quiet"
expect 3 "show to a full disk" sh -c '"$1" log show "$2" >/dev/full' sh "$HYPSIM" "$a"

expect 0 "stats" "$HYPSIM" log stats "$a"
says out "3 CPUs, scenario lock-storm, seed 3"
says out "$events events"
expect 0 "stats in JSON" "$HYPSIM" log stats --json "$dir/z.hlog"
says out "\"events\":$events,"

# Operations of the hypervisor: their calls, the steps within them, their atomic events; what nests, and what a jump left.
ops=$SOURCE/tests/logs/good/operations.log
expect 0 "show operations" "$HYPSIM" log show "$ops"
cat >"$dir/want" <<'END'
         2  cpu 0  begin fault
        22  cpu 0    map_page_host(addr=0x200000)
        26  cpu 0      S2PAGE INC_TICKET 10
        29  cpu 0        barrier
        30  cpu 0        S2PAGE OPULL
        38  cpu 0        NPT:0 INC_TICKET 10
        43  cpu 0          NPT:0 ONPT pt_pgd_next[0]=0x11000>0x12000 pt_vttbr_pool[0x10000]=0>0x11003 pt_pud_next[0]=0x111000>0x112000 pt_pgd_pool[0x11000]=0>0x111003 and 3 more
        50  cpu 0        NPT:0 INC_NOW
        60  cpu 0      S2PAGE INC_NOW
        61  cpu 0    OMAP_HOST
        62  cpu 0  end
       111  cpu 1    el2_alloc_smmu_pgd(cbndx=2, vmid=1, index=0)
       201  cpu 1    smmu_map_page(cbndx=2, index=0, iova=0x5000, pte=0x40010000)
       242  cpu 0  end 0x40010008
       298  cpu 0        get_vm_poweron(vmid=1)
       317  cpu 0        OVM_GET, on=1
       318  cpu 0    OSMMU_FREE, the machine halts
       319  cpu 0    panic
       320  cpu 0  close
END
while IFS= read -r line; do
	grep -qxF "$line" "$dir/out" || fail "show operations: no line \"$line\""
done <"$dir/want"
expect 0 "show one atomic event" "$HYPSIM" log show --op OMAP_HOST --cpu 0 "$ops"
[ "$(wc -l <"$dir/out")" -eq 18 ] || fail "show --op OMAP_HOST --cpu 0: not 18 lines"
expect 0 "show one function" "$HYPSIM" log show --op map_page_host --cpu 0 "$ops"
[ "$(wc -l <"$dir/out")" -eq 18 ] || fail "show --op map_page_host --cpu 0: not 18 lines"
expect 0 "show a function within another" "$HYPSIM" log show --op get_vm_poweron "$ops"
[ "$(wc -l <"$dir/out")" -eq 10 ] || fail "show --op get_vm_poweron: not ten lines"
expect 0 "show two operations" "$HYPSIM" log show --op OMAP_HOST,get_vm_poweron --cpu 0 "$ops"
[ "$(wc -l <"$dir/out")" -eq 28 ] || fail "show --op OMAP_HOST,get_vm_poweron --cpu 0: not 28 lines"
expect 0 "show the workload's operations" "$HYPSIM" log show --op fault --kind begin,op,sevent,end "$ops"
cat >"$dir/want" <<'END'
begin fault
emulate_mmio(addr=0x200000, hsr=0)
OSMMU_GET, index=0xffffffff
map_page_host(addr=0x200000)
begin fault
emulate_mmio(addr=0x201000, hsr=0)
OMAP_HOST
end
OSMMU_GET, index=0xffffffff
map_page_host(addr=0x201000)
OMAP_HOST
end
begin fault
emulate_mmio(addr=0x10000, hsr=0)
OSMMU_GET, index=0xffffffff
map_page_host(addr=0x10000)
OMAP_HOST
end
END
sed 's/^ *[0-9]*  cpu . *//' "$dir/out" | diff "$dir/want" - || fail "show --op fault: something else"
expect 0 "show operations in JSON" "$HYPSIM" log show --json --op register_vcpu "$ops"
says out '{"index":64,"cpu":0,"event":"op","function":"register_vcpu","atomic":"OREG_VCPU","arg":["0x1","0x0"],"args":[15,1,0]}'
says out '{"index":81,"cpu":0,"event":"sevent","function":"register_vcpu","atomic":"OREG_VCPU","halted":0,"result":"0x0","args":[15,0,0]}'
expect 0 "show results in JSON" "$HYPSIM" log show --json --kind sevent --op fault,set_boot_info "$ops"
says out '"function":"emulate_mmio","atomic":"OSMMU_GET","halted":0,"result":"0xffffffff","args":[21,0,4294967295]}'
says out '"function":"set_boot_info","atomic":"OBOOT_INFO","halted":0,"result":"0x0","args":[18,0,0]}'
expect 0 "show begins in JSON" "$HYPSIM" log show --json --kind begin --to 2 "$ops"
says out '{"index":2,"cpu":0,"event":"begin","operation":"fault","arg":[],"args":[0]}'
expect 0 "show with times" "$HYPSIM" log show --to 40 "$dir/t.hlog"
grep -Eq '^ *[0-9]+ +[0-9]+\.[0-9]{3} us  cpu [012]  begin section [0-9]$' "$dir/out" || fail "show: no times"

expect 0 "stats of operations" "$HYPSIM" log stats "$ops"
says out "operations begun: fault 3, hypercall 9"
says out "map_page_host              OMAP_HOST                  3        0"
says out "el2_free_smmu_pgd          OSMMU_FREE                 1        1"
expect 0 "stats of operations in JSON" "$HYPSIM" log stats --json "$ops"
says out '"operations":[{"name":"fault","begun":3},{"name":"hypercall","begun":9}]'
says out '{"function":"el2_free_smmu_pgd","event":"OSMMU_FREE","count":1,"halted":1}'
# The binary form says the same.
expect 0 "operations to binary" "$HYPSIM" log convert "$ops" "$dir/o.hlog"
expect 0 "show operations, text" "$HYPSIM" log show --op hypercall "$ops"
mv "$dir/out" "$dir/want"
expect 0 "show operations, binary" "$HYPSIM" log show --op hypercall "$dir/o.hlog"
cmp "$dir/want" "$dir/out" || fail "operations: not the same in the binary form"

# A damaged chunk is named, and what came before it is there.
printf 'x' | dd of="$a" bs=1 seek=4300 conv=notrunc 2>/dev/null
expect 2 "damaged" "$HYPSIM" log stats "$a"
says err "$a: chunk 0 (CPU"
says err "its checksum differs"
expect 2 "damaged, to text" "$HYPSIM" log convert "$a" "$dir/d.txt"
expect 2 "damaged, to binary" "$HYPSIM" log convert --zstd "$a" "$dir/d.hlog"
[ -e "$dir/d.hlog" ] && fail "half a log was left"

# A log of version 2 says what to do with it.
cp "$dir/b.hlog" "$dir/v2.hlog"
printf '\002' | dd of="$dir/v2.hlog" bs=1 seek=8 conv=notrunc 2>/dev/null
for command in "check" "log show" "log stats"; do
	expect 2 "version 2, $command" "$HYPSIM" $command "$dir/v2.hlog"
	says err "hypsim $command: $dir/v2.hlog: version 2 of the log format, and this hypsim reads version 3: convert it to text with the hypsim that wrote it ('hypsim log convert $dir/v2.hlog $dir/v2.hlog.log'); the text form is read by this one"
done
expect 2 "version 2, convert" "$HYPSIM" log convert "$dir/v2.hlog" "$dir/v2.txt"
printf '\001' | dd of="$dir/v2.hlog" bs=1 seek=8 conv=notrunc 2>/dev/null
expect 2 "version 1" "$HYPSIM" check "$dir/v2.hlog"
says err "$dir/v2.hlog: version 1 of the log format, and this hypsim reads version 3"

# High-level events are numbered by their order; a lock has one level, and flat memory none.
printf '1 0 WAIT_LOCK 10\n1 0 OPULL 1\n1 0 REL_LOCK\n1 1 WAIT_LOCK 12\n2 0 WAIT_LOCK 10\n1 1 REL_LOCK\n2 0 REL_LOCK\n2 1 INC_TICKET 10\n' >"$dir/high.txt"
expect 2 "two levels" "$HYPSIM" log convert "$dir/high.txt" "$dir/high.hlog"
says err "hypsim log convert: $dir/high.txt: event 7: INC_TICKET in the log of a lock that has WAIT_LOCK and REL_LOCK"
printf '1 0 INC_TICKET 10\n1 0 GET_NOW\n1 0 HOLD_LOCK\n1 0 REL_LOCK\n' >"$dir/low.txt"
expect 2 "two levels, the other way" "$HYPSIM" log convert "$dir/low.txt" "$dir/high.hlog"
says err "hypsim log convert: $dir/low.txt: event 3: REL_LOCK in the log of a lock that has tickets"
printf '0 0 WAIT_LOCK 10\n' >"$dir/low.txt"
expect 2 "flat memory" "$HYPSIM" log convert "$dir/low.txt" "$dir/high.hlog"
says err "hypsim log convert: $dir/low.txt: event 0: WAIT_LOCK has no rank"
printf '1 0 CAS_TICKET\n' >"$dir/low.txt"
expect 2 "no rank" "$HYPSIM" log convert "$dir/low.txt" "$dir/high.hlog"
says err "hypsim log convert: $dir/low.txt: event 0: CAS_TICKET has no rank"
[ -e "$dir/high.hlog" ] && fail "half a log was left"
sed '$d' "$dir/high.txt" >"$dir/one.txt"
expect 0 "one level" "$HYPSIM" log convert "$dir/one.txt" "$dir/high.hlog"
expect 0 "high, checked" "$HYPSIM" check "$dir/high.hlog"
expect 0 "high, back" "$HYPSIM" log convert "$dir/high.hlog" "$dir/back.txt"
grep -v '^#' "$dir/back.txt" >"$dir/back"
for lk in 1 2; do
	grep "^$lk" "$dir/one.txt" >"$dir/1"
	grep "^$lk" "$dir/back" >"$dir/2"
	cmp -s "$dir/1" "$dir/2" || fail "high, back: the log of lock $lk"
done
expect 0 "high, counted" "$HYPSIM" log stats "$dir/high.hlog"
sed -n 's/^\([CS][^ ]*\) *\([0-9]*\) *\([0-9]*\) *\([0-9]*\) .*/\1 \2 \3 \4/p' "$dir/out" >"$dir/1"
printf 'CORE 2 0 1\nS2PAGE 1 0 0\n' | cmp -s - "$dir/1" || fail "high, counted: $(cat "$dir/1")"
rm "$dir/high.hlog"
printf '1 0 INC_TICKET 10\n1 0 GET_NOW\n1 0 HOLD_LOCK\n1 0 OCORE_DATA next_vmid[0]=5>6\n' >"$dir/old.txt"
expect 2 "an old value that was not there" "$HYPSIM" log convert "$dir/old.txt" "$dir/old.hlog"
says err "hypsim log convert: $dir/old.txt: event 3: the difference at index 0 does not fit"
[ -e "$dir/high.hlog" ] && fail "half a log was left"

# Wrong usage.
expect 0 "help" "$HYPSIM" log --help
says out "convert"
for sub in show stats convert; do
	expect 0 "$sub --help" "$HYPSIM" log $sub --help
	says out "Usage: hypsim log $sub"
done
expect 2 "no command" "$HYPSIM" log
expect 2 "unknown command" "$HYPSIM" log burn
says err "unknown command 'burn'"
expect 2 "no log" "$HYPSIM" log show
expect 2 "no such kind" "$HYPSIM" log show --kind NOTHING "$dir/b.hlog"
expect 2 "no such operation" "$HYPSIM" log show --op section,map_page "$dir/b.hlog"
says err '--op: there is no operation "map_page"'
expect 2 "no such lock" "$HYPSIM" log show --lock NPT:17 "$dir/b.hlog"
expect 2 "no such CPU" "$HYPSIM" log show --cpu 64 "$dir/b.hlog"
expect 2 "a directory" "$HYPSIM" log stats "$dir"
expect 2 "no OUT" "$HYPSIM" log convert "$dir/b.hlog"
# By any name it is one file, and it is left as it is.
ln -s b.hlog "$dir/link"
cp "$dir/b.hlog" "$dir/copy"
for out in "$dir/b.hlog" "$dir/./b.hlog" "$dir/link"; do
	for form in --text --binary --zstd; do
		expect 2 "IN is OUT" "$HYPSIM" log convert $form "$dir/b.hlog" "$out"
		says err "is both IN and OUT"
	done
done
cmp "$dir/b.hlog" "$dir/copy" || fail "IN is OUT: changed"
expect 2 "binary to standard output" "$HYPSIM" log convert --binary "$dir/b.hlog" -
expect 2 "OUT cannot be" "$HYPSIM" log convert "$dir/b.hlog" "$dir/no/such"
expect 3 "OUT is full" "$HYPSIM" log convert "$dir/b.hlog" /dev/full
finish
