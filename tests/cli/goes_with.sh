# SPDX-License-Identifier: GPL-2.0-only
# Which options of explore and replay go together: each option beside each thing that the command does.
# What would do nothing is refused with status 2, and one sentence that names both.
. "$SOURCE/tests/cli/kit.inc"

"$HYPSIM" explore abba --save "$dir/found" >"$dir/out"
"$HYPSIM" run lock-storm --cpus 2 --ops 20 --log "$dir/log" >"$dir/out" || fail "no log"
mkdir "$dir/empty"

# explore_as MODE OPTION...: the least that there is of it.
explore_as() {
	mode=$1
	shift
	case $mode in
	search) "$HYPSIM" explore lock -o cpus=2 "$@" ;;
	--estimate) "$HYPSIM" explore lock -o cpus=2 --estimate "$@" ;;
	--merge) "$HYPSIM" explore --merge "$dir/none" "$@" ;;
	--pairs) "$HYPSIM" explore --pairs --compare "$dir/none" "$@" ;;
	--print) "$HYPSIM" explore lock -o cpus=2 --print "$@" ;;
	esac
}
replay_as() {
	mode=$1
	shift
	case $mode in
	schedule) "$HYPSIM" replay "$dir/found" abba "$@" ;;
	--step) "$HYPSIM" replay "$dir/found" abba --step "$@" ;;
	--gdb) env PATH="$dir/empty" "$HYPSIM" replay "$dir/found" abba --gdb "$@" ;;
	--print) "$HYPSIM" replay "$dir/found" abba --print "$@" ;;
	log) "$HYPSIM" replay "$dir/log" "$@" ;;
	esac
}

# look COMMAND MODE SIGN OPTION: the program does with the option what its sign in the table says.
look() {
	name="$1 $2, $4"
	"$1_as" "$2" "$4" >"$dir/out" 2>"$dir/err" </dev/null
	got=$?
	# The option's name without its value; of a letter the long one.
	long=${4%%=*}
	case $long in
	-o*) long=--option ;;
	esac
	case $3 in
	+) ! grep -qE 'does not go with|goes with' "$dir/err" || fail "$name: refused: $(head -1 "$dir/err")" ;;
	-)
		[ "$got" -eq 2 ] || fail "$name: exit status $got, expected 2"
		grep -qE -- "$long (does not go with|goes with) |does not go with $long\$" "$dir/err" ||
			fail "$name: not refused: $(head -1 "$dir/err")"
		case $2 in
		--*) grep -qF -- "$2" "$dir/err" || grep -q 'goes with' "$dir/err" || fail "$name: does not name $2" ;;
		esac
		;;
	*) fail "$name: the table has $3" ;;
	esac
}

# table COMMAND MODE...: rows of standard input, an option and a sign for each mode; each option of --help has a row.
table() {
	command=$1
	shift
	: >"$dir/rows"
	while read -r option signs; do
		echo "$option" >>"$dir/rows"
		for mode in "$@"; do
			sign=${signs%% *}
			signs=${signs#* }
			[ "$sign" = . ] || look "$command" "$mode" "$sign" "$option"
		done
	done
	"$HYPSIM" "$command" --help | sed -n 's/^  *\(-.,\)\{0,1\} *\(--[a-z-]*\).*/\2/p' | grep -vE '^--(help|usage)$' >"$dir/all"
	while read -r option; do
		case $option in
		--option) option=-o ;;
		esac
		grep -qE -- "^$option(=|cpus|sections|\$)" "$dir/rows" || fail "$command: the table has no $option"
	done <"$dir/all"
	[ "$(wc -l <"$dir/all")" -eq "$(wc -l <"$dir/rows")" ] || fail "$command: the table has other options than --help"
}

table explore search --estimate --merge --pairs --print <<'END'
--cpus=2              + + - - +
--seed=2              + + - + +
-osections=1          + + - - +
--ops=2               + + - - +
--before=1            + + - - +
--redraw              + - - - -
--count=run+run       - - - - -
--errata=intended     + + - + +
--erratum=all=intended + + - + +
--strategy=dfs        + - - - -
--depth=2             + - - - -
--depend=cells        + + - - +
--grain=word          + + - - +
--tlb                 + + - - +
--vehicle=ucontext    + + - + -
--executions=1        + - - + -
--time=1              + - - + -
--rounds=2            + - - - -
--symmetry            + - - - -
--steps=100           + + - + -
--class-memory=1      + - - - -
--jobs=1              + - - - -
--shard=1/1           + - - - -
--resume=/dev/null    + - - - -
--every=1             - - - - -
--estimate            . . - - -
--merge               . - . - -
--pairs               . - - . -
--only=HVC_GEN_VMID   - - - + -
--compare=/none       - - - + -
--html=/dev/null      - - - + -
--all                 + - - - -
--until=deadlock      + - - - -
--check=off           + + - + -
--strict              + - - + -
--require=complete    + - + - -
--save=/dev/null      + - - - -
--no-shrink           + - - - -
--shrink-time=1       + - - - -
--progress            + - - + -
--print               . - - - .
--json                + + + + -
--junit=/dev/null     + - + + -
--sarif=/dev/null     + - + + -
--annotate=github     + - + + -
END

table replay schedule --step --gdb --print log <<'END'
--tolerant            + - + + -
--log=/none/log       + - - - -
--force               - - - - -
--times=2             + - - - -
--cpus=2              + + + + -
--seed=1              + + + + -
-ocpus=2              + + + + -
--ops=2               + + + + -
--before=1            + + + + -
--errata=default      + + + + -
--erratum=all=intended + + + + -
--tlb                 + + + + -
--steps=1000          + + + - -
--vehicle=fiber       + + + - -
--step                . . - - -
--gdb                 . - . - -
--episode=0           - - - - +
--print               . - - . -
--json                + - - - +
END

# Two options, or an option and what another one says.
while IFS='|' read -r says options; do
	# shellcheck disable=SC2086 # words
	expect 2 "$options" "$HYPSIM" $options </dev/null
	says err "$says"
done <<END
--every goes with --resume only|explore lock --every 3
--symmetry does not go with --jobs|explore lock --symmetry --jobs 2
--redraw does not go with --jobs|explore clash --redraw --strategy pos --executions 4 --jobs 2
--redraw does not go with --shard|explore clash --redraw --strategy pos --executions 4 --shard 1/2
--redraw does not go with --resume|explore clash --redraw --strategy pos --executions 4 --resume $dir/r
--shrink-time does not go with --no-shrink|explore abba --no-shrink --shrink-time 1
--shrink-time does not go with --all|explore abba --all --shrink-time 1
--shrink-time does not go with --until|explore abba --until deadlock --shrink-time 1
--until does not go with --all|explore abba --until deadlock --all
--until does not go with --jobs|explore abba --until deadlock --jobs 2
--until does not go with --shard|explore abba --until deadlock --shard 1/2
--until does not go with --resume|explore abba --until deadlock --resume $dir/kept
--count goes with --redraw only|explore abba --count run
--strict does not go with --check off|explore lock --strict --check off
--save - does not go with --json|explore abba --json --save -
--merge: which files?|explore --merge
--force goes with --log only|replay $dir/found --force
--log does not go with --times|replay $dir/found --log $dir/l --times 2
standard input is the scope|replay $dir/found - --step
standard input is the scope|replay - -
END
# --depend goes into what --print writes.
expect 0 "print, by cells" "$HYPSIM" explore lock -o cpus=2 --depend cells --print
says out "depend cells"
grep -q '^expect classes' "$dir/out" && fail "classes by tickets are said of cells"
expect 0 "print, by tickets" "$HYPSIM" explore lock -o cpus=2 --depend tickets --print
says out "expect classes"

# That a file cannot be written is told before the search, which would not end.
mkdir "$dir/directory"
for option in save resume; do
	for path in "$dir/none/file" "" "$dir/directory" "$dir/found/file"; do
		expect 2 "--$option '$path'" timeout 5 "$HYPSIM" explore lock -o cpus=64 --$option "$path"
		[ ! -s "$dir/out" ] || fail "--$option '$path': something was explored"
	done
done
expect 2 "an empty name" "$HYPSIM" explore abba --save ""
says err "the name of a file to be written is empty"
echo old >"$dir/old"
expect 0 "nothing is found" "$HYPSIM" explore lock -o cpus=2 --save "$dir/old"
[ "$(cat "$dir/old")" = old ] || fail "what was there is gone, and nothing was found"
[ "$(ls "$dir" | grep -c '\.......$')" -eq 0 ] || fail "something is left over: $(ls "$dir")"
finish
