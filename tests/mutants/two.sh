#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Each bug of tests/mutants/two.txt is planted, and hypsim two-run names the principal and the observation that are said there;
# without the bug, or with the secret that it lets out the same in both runs, that principal's row is clean.
# Short form: the rows marked SHORT.  two.sh WORD: the rows that have the word, whatever the form.
set -u
out=$BUILD/mutants/two.out
. "$SOURCE/tests/mutants/tree.inc"

# named PROGRAM [OPTION...]: does the hypsim in $bin find what the row says?  $got is its status.
named()
{
	program=$1
	shift
	# shellcheck disable=SC2086  # a program has options
	(cd "$SOURCE" && timeout 120 "$bin/hypsim" two-run --json --errata intended "$@" $program) >"$out" 2>&1
	got=$?
	# One line for each principal, with what it has found before what is known.
	sed 's/{"principal":/\
&/g' "$out" | grep "^{\"principal\":\"$who\"" | sed 's/"known_findings".*//' | grep -q "\"observation\":\"$row\""
}

# All secrets but these.
others()
{
	left=
	for kind in pages contexts registers stores; do
		case ,$1, in
		*,$kind,*) ;;
		*) left=$left,$kind ;;
		esac
	done
	echo "${left#,}"
}

fail()
{
	echo "two: $patch, $who, $row: $*"
	tail -n 3 "$out" | cut -c1-1000
	bad=1
}

one()
{
	bin=$(dirname "$HYPSIM")
	named "$program" && fail "$program finds this without the bug"
	[ "$got" -eq 0 ] || fail "without the bug the exit status is $got"
	grep -q '"compared":[1-9]' "$out" || fail "nothing was compared"
	bin=$tree/build
	if ! named "$program"; then
		fail "not found, status $got"
		return
	fi
	[ "$got" -eq 1 ] || fail "the exit status is $got"
	echo "$patch: $who sees it in $row, by $program"
	[ "$secret" = - ] && return
	if named "$program" --vary "$(others "$secret")"; then
		fail "found with $secret the same in both runs"
	fi
}

bad=0
planted=
mkdir -p "$BUILD/mutants"
only=${1:-.}
[ "$only" = . ] || HYPSIM_FORM=full
grep '|' "$SOURCE/tests/mutants/two.txt" | grep -v '^#' | grep -e "$only" | sed 's/ *| */|/g' >"$out.rows"
[ -s "$out.rows" ] || { echo "two: no row has $only"; exit 1; }
while IFS='|' read -r patch who row program secret form; do
	[ "${HYPSIM_FORM:-short}" = full ] || [ "$form" = SHORT ] || continue
	if [ "$planted" != "$patch" ]; then
		restore
		plant "$SOURCE/tests/mutants/$patch" >"$out" 2>&1 || { fail "the patch does not apply"; continue; }
		build >"$out" 2>&1 || { fail "does not build"; continue; }
		planted=$patch
	fi
	one
done <"$out.rows"
rm -f "$out.rows"
exit $bad
