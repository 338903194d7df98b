#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# tests/long.txt and the tests say the same: each row names tests that there are, presets that there are, and the file that
# asks for the form, and no other file does; the two forms are the same where nobody asks, and only there.
. "$(dirname "$0")/lib"
[ -f "$build/forms.txt" ] || {
	echo "$build: not configured with its tests"
	exit 1
}

presets=$(sed -n 's/^ *"name": "\(.*\)",$/\1/p' CMakePresets.json | sort -u | tr '\n' ' ')
{
	grep -v '^#' tests/long.txt | sed 's/ *| */|/g' | while IFS='|' read -r tests short reader forms; do
		regex=$(echo "$tests" | sed 's/\./\\./g; s/\*/.*/g')
		grep -qE "^[a-z]+ $regex( |\$)" "$build/forms.txt" || echo "tests/long.txt:1: there is no test $tests"
		[ -n "$short" ] || echo "tests/long.txt:1: $tests has a short form nowhere"
		for preset in $short; do
			case " $presets" in
			*" $preset "*) ;;
			*) echo "tests/long.txt:1: $tests: there is no preset $preset" ;;
			esac
		done
		same=no
		[ "${forms%%|*}" != "${forms#*|}" ] || same=yes
		if [ "$reader" = - ]; then
			[ $same = yes ] || echo "tests/long.txt:1: $tests: nobody asks for the form, and the two differ"
		else
			[ $same = no ] || echo "tests/long.txt:1: $tests: the forms are the same, and $reader asks for the form"
			grep -qs 'HYPSIM_FORM\|test_form' "$reader" || echo "tests/long.txt:1: $tests: $reader does not ask for the form"
		fi
		case $forms in
		?*'|'?*) ;;
		*) echo "tests/long.txt:1: $tests: what are its forms?" ;;
		esac
	done
	# tests/cli/kit.inc makes it $test_form for all of its users.
	find tests -type f \( -name '*.sh' -o -name '*.[ch]' \) ! -path 'tests/lint/*' |
		xargs grep -nE 'HYPSIM_FORM|test_form' | while IFS=: read -r file line text; do
		sed 's/ *| */|/g' tests/long.txt | cut -d'|' -f3 | grep -qxF "$file" ||
			echo "$file:$line: no row of tests/long.txt names it: $text"
	done
} | verdict
