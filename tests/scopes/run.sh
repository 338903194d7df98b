# SPDX-License-Identifier: GPL-2.0-only
# run.sh SCOPE: a scope that is committed.  It is what reading its print gives; exec runs it, all expectations hold, and the
# judge finds nothing; the same as if the programs stood one behind the other; and the expectations hold in the other order as
# well, and in every schedule.
. "$SOURCE/tests/cli/kit.inc"
scope=$1

# serial ORDER: the programs behind each other, "up" by the CPUs' numbers or "down", as a script without concurrent
serial()
{
	awk -v order="$1" '
	$1 == "concurrent" { inside = 1; next }
	$1 == "end" {
		inside = 0
		for (i = 0; i < 64; i++) {
			c = order == "up" ? i : 63 - i
			printf "%s", program[c]
		}
		print "cpu 0"
		next
	}
	inside && $1 == "cpu" { cpu = $2 + 0; program[cpu] = program[cpu] $0 "\n"; next }
	inside { program[cpu] = program[cpu] $0 "\n"; next }
	{ print }' "$scope"
}

expect 0 "print and read again" "$SCOPE_FILE" "$scope"
expect 0 "exec" "$HYPSIM" exec "$scope"
cp "$dir/out" "$dir/first"
expect 0 "exec --check" "$HYPSIM" exec --check "$scope"
says out "verdict: nothing found"
serial up >"$dir/up.hyp"
expect 0 "one program behind the other" "$HYPSIM" exec "$dir/up.hyp"
cmp "$dir/out" "$dir/first" || fail "one program behind the other: exec prints something else"
serial down >"$dir/down.hyp"
expect 0 "in the other order" "$HYPSIM" exec "$dir/down.hyp"
cmp -s "$dir/up.hyp" "$dir/down.hyp" && fail "there is no other order"
expect 0 "every schedule" "$HYPSIM" explore "$scope"
says out ", complete"
head -n 1 "$scope" | grep -q '^# [A-Z].*' || fail "it does not say what it is"
finish
