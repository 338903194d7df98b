# SPDX-License-Identifier: GPL-2.0-only
# The recipes of docs/scale-out.md, word for word but for how many shards there are: what GNU parallel and a Slurm of one node make of a search is what
# one search makes of it, also where shards fail or are put back into the queue.  In full both must be there; in its short form the test
# says what is missing, and that it was not tested.
. "$SOURCE/tests/cli/kit.inc"

# lacks COMMAND...: something of it is not there.
lacks() {
	for need; do
		command -v "$need" >/dev/null && continue
		[ "$test_form" = short ] || fail "there is no $need: ./dev test --long installs it"
		echo "NOT TESTED: there is no $need here (./dev test --long installs it)"
		return 0
	done
	return 1
}

# recipe HEADING: the first block below the heading that begins so.
recipe() {
	awk -v heading="### $1" '
	index($0, heading) == 1 { below = 1 }
	below && /^```/ { if (block++) exit; next }
	block { print }' "$SOURCE/docs/scale-out.md"
}

# A scope of 720 classes, and what one search says of it.
work=$(mktemp -d) || exit 1
trap 'stop_slurm; rm -rf "$dir" "$work"' EXIT
stop_slurm() { :; }
"$HYPSIM" explore lock -o cpus=6 --print >"$work/scope.hyp"
counts() {
	grep -o '"\(executions\|classes\|redundant\|blocked\)":[0-9]*\|"complete":[a-z]*' "$1" | head -n 5 | sort
}
expect 0 "one search" "$HYPSIM" explore "$work/scope.hyp" --all --json
counts "$dir/out" >"$dir/one"
[ -s "$dir/one" ] || fail "one search: $(cat "$dir/out")"

# bin BODY: the hypsim of the recipes, which is ours behind BODY.
bin() {
	mkdir -p "$work/bin"
	printf '#!/bin/sh\n%s\nexec "%s" "$@"\n' "$1" "$HYPSIM" >"$work/bin/hypsim"
	chmod +x "$work/bin/hypsim"
}

# merged NAME FOLDER: the shards that are there make one search.
merged() {
	expect 0 "$1: merge" sh -c 'cd "$0" && exec "$1" explore --json --merge shard.*.json' "$2" "$HYPSIM"
	counts "$dir/out" >"$dir/merged"
	cmp -s "$dir/one" "$dir/merged" || fail "$1: $(cat "$dir/merged") in shards, $(cat "$dir/one") in one"
}

# ---- GNU parallel: 64 shards, of which some fail at first ----

gnu_parallel() {
	recipe "One machine, GNU parallel" >"$dir/recipe"
	grep -q '^hypsim explore --merge' "$dir/recipe" || fail "docs/scale-out.md has another recipe for parallel"
	mkdir "$work/parallel"
	cp "$work/scope.hyp" "$work/parallel"
	bin 'case " $* " in *" --shard 5/64 "* | *" --shard 64/64 "*) exit 3 ;; esac'
	(cd "$work/parallel" && PATH="$work/bin:$PATH" SHELL=/bin/sh sh "$dir/recipe") >"$dir/out" 2>"$dir/err"
	n=$(find "$work/parallel" -name 'shard.*.json' | wc -l)
	[ "$n" -eq 62 ] || fail "parallel: $n shards of 62: $(tail -n 5 "$dir/err")"
	grep -q "shard" "$dir/err" || fail "parallel: the merge does not say that shards are missing: $(cat "$dir/err")"
	bin ''
	(cd "$work/parallel" && PATH="$work/bin:$PATH" SHELL=/bin/sh sh "$dir/recipe") >"$dir/out" 2>"$dir/err" ||
		fail "parallel, again: $(tail -n 5 "$dir/err")"
	n=$(awk 'NR > 1 { print $1 }' "$work/parallel/log" | wc -l)
	[ "$n" -eq 66 ] || fail "parallel: $n shards were run in all, expected 64 and 2 again"
	merged parallel "$work/parallel"
}

# ---- Slurm: a node of its own, which lives as long as the test ----

slurm_conf() {
	cat <<END
ClusterName=hypsim
SlurmctldHost=localhost
SlurmctldPort=$((20000 + $$ % 10000))
SlurmdPort=$((30000 + $$ % 10000))
AuthType=auth/munge
AuthInfo=socket=$work/munge.sock,cred_expire=5
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
PlugStackConfig=$work/plugstack.conf
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,sched_min_interval=100000,bf_interval=1
ReturnToService=2
NodeName=localhost CPUs=2 State=UNKNOWN
PartitionName=all Nodes=localhost Default=YES MaxTime=INFINITE State=UP
END
}

pids=
stop_slurm() {
	for pid in $pids; do
		kill "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	pids=
}

# soon SECONDS COMMAND...: it succeeds within that time.
soon() {
	left=$(($1 * 5))
	shift
	until "$@" >"$dir/soon" 2>&1; do
		left=$((left - 1))
		[ $left -gt 0 ] || return 1
		sleep 0.2
	done
}

start_slurm() {
	mkdir "$work/state" "$work/spool"
	: >"$work/plugstack.conf"
	head -c 128 /dev/urandom >"$work/munge.key"
	chmod 600 "$work/munge.key"
	slurm_conf >"$work/slurm.conf"
	SLURM_CONF=$work/slurm.conf
	export SLURM_CONF
	munged --force --foreground --key-file="$work/munge.key" --socket="$work/munge.sock" --pid-file="$work/munge.pid" \
		--seed-file="$work/munge.seed" --log-file="$work/munge.log" >"$work/munged.out" 2>&1 &
	pids="$!"
	soon 20 test -S "$work/munge.sock" || fail "munged: $(cat "$work/munged.out" "$work/munge.log")"
	slurmctld -D -f "$work/slurm.conf" >"$work/ctld.out" 2>&1 &
	pids="$! $pids"
	slurmd -D -N localhost -f "$work/slurm.conf" >"$work/d.out" 2>&1 &
	pids="$! $pids"
	soon 60 sh -c 'sinfo -h -o %T | grep -qx "idle"' && return
	fail "there is no idle node: $(cat "$dir/soon"; tail -n 5 "$work/slurmctld.log" "$work/slurmd.log" "$work/ctld.out" "$work/d.out")"
	return 1
}

slurm() {
	recipe "A cluster, Slurm" | sed 's/256/4/g' >"$dir/recipe"
	grep -q '^#SBATCH --array=1-4$' "$dir/recipe" || fail "docs/scale-out.md has another recipe for Slurm"
	mkdir "$work/slurm"
	cp "$work/scope.hyp" "$dir/recipe" "$work/slurm"
	# Each shard is stopped once and has to go on.
	bin 'for a; do case $a in kept.*) [ -e "$a" ] || set -- "$@" --executions 20 ;; esac; done'
	start_slurm || return
	(cd "$work/slurm" && PATH="$work/bin:$PATH" sbatch --export=ALL recipe) >"$dir/out" 2>"$dir/err" ||
		fail "sbatch: $(cat "$dir/err")"
	soon 240 sh -c 'cd "$0" && [ -e shard.1.json ] && [ -e shard.2.json ] && [ -e shard.3.json ] && [ -e shard.4.json ]' \
		"$work/slurm" || fail "Slurm: $(squeue; ls "$work/slurm"; tail -n 20 "$work/slurmctld.log"; cat "$work"/slurm/slurm-*.out)"
	requeued=$(grep -c 'Requeuing JobId' "$work/slurmctld.log")
	[ "$requeued" -ge 4 ] || fail "Slurm: $requeued tasks went back into the queue, expected 4: $(cat "$work/slurmctld.log")"
	merged Slurm "$work/slurm"
}

lacks parallel || gnu_parallel
lacks munged slurmctld slurmd sbatch srun scontrol sinfo squeue || slurm
finish
