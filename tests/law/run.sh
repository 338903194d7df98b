# SPDX-License-Identifier: GPL-2.0-only
# run.sh PROGRAM: its laws hold.  In full (tests/long.txt) from 20 seeds; HYPSIM_SEED, if it is set, is the only one.
set -u
[ "${HYPSIM_FORM:-short}" = full ] && [ -z "${HYPSIM_SEED:-}" ] || exec "$1"
for seed in $(seq 20); do
	HYPSIM_SEED=$seed "$1" || {
		echo "with HYPSIM_SEED=$seed"
		exit 1
	}
done
