# SPDX-License-Identifier: GPL-2.0-only
# Each kind of malformed line of a text log: status 2, and FILE:LINE:COLUMN with what was expected and found.
set -u
dir=$(mktemp -d) || exit 3
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 3
bad=0

# message 'EXACT MESSAGE' FILE
message()
{
	"$HYPSIM" fold "$2" >out 2>err
	got=$?
	printf 'hypsim fold: %s\n' "$1" >want
	if [ $got -ne 2 ] || [ -s out ] || ! cmp -s want err; then
		echo "$2: wanted status 2 and"
		cat want
		echo "got $got and"
		cat out err
		bad=1
	fi
}

# line COLUMN 'EXPECTED' 'FOUND' 'LINE': as the third line, behind a comment and a good one
line()
{
	printf '# a comment\n1 0 INC_TICKET 4294967295 # and one here\n%b\n1 0 GET_NOW\n' "$4" >bad.log
	message "bad.log:3:$1: expected $2, found $3" bad.log
}

end='the end of the line'
lock='a lock, a number below 2^64 or a name as NPT:3'
line 1 "$lock" '"x"' 'x 0 GET_NOW'
line 1 "$lock" '"-1"' '-1 0 GET_NOW'
line 1 "$lock" '"0x1"' '0x1 0 GET_NOW'
line 1 "$lock" '"18446744073709551616"' '18446744073709551616 0 GET_NOW'
line 1 "$lock" '"NPT:17"' 'NPT:17 0 GET_NOW'

cpu='a CPU 0..63'
line 2 "$cpu" "$end" '1'
line 4 "$cpu" "$end" '1  # 0 GET_NOW'
line 3 "$cpu" '"64"' '1 64 GET_NOW'
line 3 "$cpu" '"x"' '1 x GET_NOW'

event='an event, as INC_TICKET or OPULL'
line 4 "$event" "$end" '1 0'
line 5 "$event" '"get_now"' '1 0 get_now'
line 5 "$event" '"GET_NOWX"' '1 0 GET_NOWX'
line 5 "$event" '"GET_"' '1 0 GET_'
line 5 "$event" '"barrier"' '1 0 barrier'
line 8 "$event" '"HOLD"' '\t1 0   HOLD'
line 5 "$event" '"GET_\x01NOW"' '1 0 GET_\001NOW'

line 13 "$end" '"3"' '1 0 GET_NOW 3'
line 18 "$end" '"2"' '1 0 INC_TICKET 1 2'
line 15 "$end" '"@00"' '1 0 HOLD_LOCK @00'

bound='a bound below 2^32'
line 15 "$bound" "$end" '1 0 INC_TICKET'
line 16 "$bound" '"4294967296"' '1 0 INC_TICKET 4294967296'
line 16 "$bound" '"ten"' '1 0 INC_TICKET ten'
line 14 "$bound" "$end" '1 0 WAIT_LOCK'
line 10 'an object number below 2^32' "$end" '1 0 OPULL'
line 11 'an object number below 2^32' '"x"' '1 0 OPULL x'

line 13 'a digest or the end of the line' '"next_vmid[0]=1>2"' '1 0 OPULL 7 next_vmid[0]=1>2'
digest="a digest, '@' and 2 or 16 digits of 0-9a-f"
line 16 "$digest" '"@0"' '1 0 OCORE_DATA @0'
line 16 "$digest" '"@0g"' '1 0 OCORE_DATA @0g'
line 16 "$digest" '"@0123456789abcdef0"' '1 0 OCORE_DATA @0123456789abcdef0'
line 20 'one digest' '"@00"' '1 0 OCORE_DATA @00 @00'
field='a field of the object, as field[index]=old>new'
line 16 "$field" '"nope[0]=1>2"' '1 0 OCORE_DATA nope[0]=1>2'
line 10 "$field" '"next_vmid[0]=1>2"' '1 0 ONPT next_vmid[0]=1>2'
line 26 "an index in the field's range" '"9]=1>2"' '1 0 OCORE_DATA next_vmid[9]=1>2'
line 27 '"]=" and the old value' '"]1>2"' '1 0 OCORE_DATA next_vmid[0]1>2'
line 30 "'>' and the new value" "$end" '1 0 OCORE_DATA next_vmid[0]=1'

printf '1 0 GET_NOW\n1 0 GET_NOW\000\n' >nul.log
message 'nul.log:2:12: expected text, found "\x00"' nul.log
# No newline at the end, carriage returns, and lines after the malformed one that are wrong as well.
printf '1 0 INC_TICKET 1\r\n1 0 HOLD\r\nx\r\n' >crlf.log
message "crlf.log:2:5: expected $event, found \"HOLD\"" crlf.log
printf '1 0 INC_TICKET' >short.log
message "short.log:1:15: expected $bound, found $end" short.log
# Found text is cut, not printed whole.
awk 'BEGIN { printf "1 0 "; for (i = 0; i < 5000; i++) printf "Y"; print "" }' >long.log
message "long.log:1:5: expected $event, found \"YYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYY...\"" long.log
# In a later batch of the reader.
awk 'BEGIN { for (i = 0; i < 1000; i++) print "1 0 GET_NOW"; print "1 0 GET" }' >far.log
message "far.log:1001:5: expected $event, found \"GET\"" far.log

# Not a file of text at all.
mkdir folder
: >empty.log
message 'folder: is a directory' folder
message 'none.log: No such file or directory' none.log
message 'empty.log: the input is empty' empty.log
printf '\177ELF\002\001' >binary.log
message "binary.log:1:1: expected $lock, found \"\\x7fELF\\x02\\x01\"" binary.log

# What is not an error: comments, blank lines, no newline at the end.
printf '\n# x\n   \n1 0 INC_TICKET 1 # y\n#! anything\n1 0 GET_NOW' >good.log
"$HYPSIM" fold good.log >out 2>err
[ $? -eq 0 ] && grep -q '^lock 1: 2 events$' out || { echo "good.log is refused"; cat err; bad=1; }
exit $bad
