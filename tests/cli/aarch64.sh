# SPDX-License-Identifier: GPL-2.0-only
# The switch between fibers of AArch64: the tests of vehicles, built for that processor and run by qemu.  In full the compiler and qemu must be
# there; in its short form the test says what is missing, and that nothing was tested.
. "$SOURCE/tests/cli/kit.inc"

for need in aarch64-linux-gnu-gcc qemu-aarch64; do
	command -v $need >/dev/null && continue
	[ "$test_form" = short ] || fail "there is no $need: ./dev test --long installs it"
	echo "NOT TESTED: there is no $need here (./dev test --long installs it)"
	finish
done

# How it is compiled: as releases are, without optimization, and with signed returns and landing pads.
ways="-O2"
[ "$test_form" = short ] || ways="-O2 -O0 -mbranch-protection=standard"

for way in $ways; do
	for test in vehicle vehicle_own; do
		expect 0 "compile $test $way" aarch64-linux-gnu-gcc -static -g "$way" -std=gnu11 -Wall -Wextra -Werror \
			-D_GNU_SOURCE -DHYPSIM_TSAN=0 -I"$SOURCE/tests/cross" -I"$SOURCE" -o "$dir/$test" \
			"$SOURCE/tests/unit/test_$test.c" "$SOURCE"/sim/sched/*.c "$SOURCE/sim/base/check.c" \
			"$SOURCE/sim/base/err.c" "$SOURCE/tests/kit.c" -lpthread -lm
		expect 0 "run $test $way" qemu-aarch64 "$dir/$test"
	done
done
# It is AArch64's own switch that was run.
expect 0 "symbols" aarch64-linux-gnu-nm "$dir/vehicle"
says out " context_switch"
finish
