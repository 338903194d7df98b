# SPDX-License-Identifier: GPL-2.0-only
# run.sh text|runs: the judge's state can be undone (undo.c), over the text logs of the tests, or over logs of runs.
# In full (tests/long.txt) from 20 seeds; HYPSIM_SEED, if it is set, is the only one.
set -u
dir=$(mktemp -d "$BUILD/undo.XXXXXX") || exit 1
trap 'rm -rf "$dir"' EXIT

# log NAME STATUS... OPTION...: a run's log, whatever was found in it.
log()
{
	name=$1
	shift
	"$HYPSIM" run --quiet --check=off --log "$dir/$name.hlog" "$@" >"$dir/out" 2>&1
	[ $? -le 1 ] && [ -s "$dir/$name.hlog" ] && return
	cat "$dir/out"
	echo "run $*: no log"
	exit 1
}

runs()
{
	log lock lock-storm --ops 400 --cpus 4
	log one lock-storm --ops 400 --cpus 4 -o locks=1
	log episodes lock-storm --ops 400 --episode 50 --cpus 3 -o nested=60
	log wrap wraparound --ops 400 --cpus 4
	log reads lock-storm --ops 200 --cpus 4 --keep-reads
	log flat flat-storm --ops 200 --cpus 3
	log storm storm --ops 120 --cpus 3
	log tlb storm --ops 120 --cpus 3 --tlb -o access=600
	log panics storm --ops 200 --episode 40 --cpus 2 -o panics=2000
	log clash clash --ops 100 --episode 50 --cpus 3 -o panics=300
	log intended clash --ops 100 --cpus 3 --errata intended --tlb
	log mmio mmio --ops 100 --cpus 2
	log crypt crypt --ops 150 --cpus 2
	log deadlock deadlock --ops 300 --stall 2
	for bug in $("$HYPSIM" list bugs | sed -n 's,^\(bug/[a-z-]*\).*,\1,p'); do
		log "$(basename "$bug")" "$bug" --ops 100 --cpus 2 --stall 1
	done
	set -- "$dir"/*.hlog
	"$UNDO" "$@"
}

text()
{
	"$UNDO" "$SOURCE"/tests/logs/good/*.log "$SOURCE"/tests/logs/bad/*.log
}

[ "${HYPSIM_FORM:-short}" = full ] && [ -z "${HYPSIM_SEED:-}" ] || {
	"$1"
	exit
}
for seed in $(seq 20); do
	export HYPSIM_SEED="$seed"
	("$1") || {
		echo "with HYPSIM_SEED=$seed"
		exit 1
	}
done
