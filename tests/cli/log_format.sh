# SPDX-License-Identifier: GPL-2.0-only
# The example of docs/log-format.md: the text there, with the configuration of the run that it names, has the bytes there.
. "$SOURCE/tests/cli/kit.inc"

doc=$SOURCE/docs/log-format.md
command=$(sed -n 's/^CPU 0.s chunk of `hypsim \(.*\)`, packed:$/\1/p' "$doc")
[ -n "$command" ] || fail "the page names no command"
expect 0 "the run" "$HYPSIM" $command --log "$dir/run.hlog"
expect 0 "its text" "$HYPSIM" log convert "$dir/run.hlog" "$dir/run.log"
{
	grep '^#! config' "$dir/run.log"
	sed -n '/^#! 0 episode 0$/,/^```$/p' "$doc" | grep -v '^```$'
} >"$dir/doc.log"
# Whoever had the lock first, and whoever was last, and however often the other one looked: the same lines but for digests, values and who says what memory holds.
lines='s/ @[0-9a-f]*$//; s/=[01]>[12]//; s/ 0x[0-9a-f]*$//; s/^#! [01] memory/#! memory/'
for f in run doc; do
	sed "$lines" "$dir/$f.log" | sort -u >"$dir/$f.lines"
done
cmp "$dir/run.lines" "$dir/doc.lines" || fail "the text is not that of the run"
expect 0 "the text is a log" "$HYPSIM" check "$dir/doc.log"
expect 0 "packed" "$HYPSIM" log convert --binary "$dir/doc.log" "$dir/doc.hlog"

# Lines "1040: 1c 05 00   what": the bytes, and where a line with (N times) has N of them.
sed -n 's/^\(1[0-9a-f]\{3\}\): \([0-9a-f ]*\)\(.*\)$/\2|\3/p' "$doc" | while IFS='|' read -r bytes rest; do
	n=$(echo "$rest" | sed -n 's/^(\([0-9]*\) times).*/\1/p')
	for i in $(seq "${n:-1}"); do
		echo "$bytes"
	done
done | sed 's/  .*//' | tr -d ' \n' >"$dir/want"
dd if="$dir/doc.hlog" bs=1 skip=4096 count=$(($(wc -c <"$dir/want") / 2)) 2>/dev/null | od -An -v -tx1 | tr -d ' \n' >"$dir/have"
[ -s "$dir/want" ] || fail "the page has no bytes"
cmp "$dir/want" "$dir/have" || fail "the bytes are others: $(cat "$dir/have")"
finish
