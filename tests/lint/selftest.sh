#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Each lint finds what it is for: in a copy of the tree one violation after the other is planted, and each must be
# reported with its file and line.
set -u
lint=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$lint/../.." && pwd)
export BUILD="${BUILD:-$source/build/release}"
copy=$BUILD/lint.copy
failed=0

rm -rf "$copy"
mkdir -p "$copy"
(cd "$source" && find . \( -path ./build -o -name .git -o -name '*.hlog' \) -prune -o -type f -print |
	tar cf - -T -) | tar xf - -C "$copy"

# plant LINT FILE EXPECTED: append the text on standard input to FILE of the copy; LINT must say EXPECTED and exit 1.
plant()
{
	had=no
	mkdir -p "$(dirname "$copy/$2")"
	[ ! -f "$copy/$2" ] || {
		had=yes
		cp "$copy/$2" "$copy/$2.kept"
	}
	cat >>"$copy/$2"
	expect "$@"
	rm -f "$copy/$2"
	[ $had = no ] || mv "$copy/$2.kept" "$copy/$2"
}

expect()
{
	said=$(sh "$lint/$1.sh" "$copy" 2>&1)
	status=$?
	if [ $status -ne 1 ] || ! echo "$said" | grep -qF "$3"; then
		echo "$1.sh did not report '$3' (exit status $status): $said"
		failed=1
	fi
}

spdx='// SPDX-License-Identifier: GPL-2.0-only'

echo '#include "cpu/cpu.h"' | plant layers oracle/check/planted.c 'planted.c:1: oracle/check may not include cpu/cpu.h'
echo '#include "sim/log/event.h"' | plant layers sim/hyp/planted.c 'planted.c:1: sim/hyp may not include sim/log'
echo '#include "event.h"' | plant layers sim/log/planted.c 'planted.c:1: sim/log may not include event.h'
echo '#include "sim/cli/cmd.h"' | plant layers tests/unit/planted.c 'planted.c:1: tests may not include sim/cli/cmd.h'

echo '#include "oracle/check/check.h"' | plant steps oracle/check/judge.h ': judge stands below check'
echo '#include "oracle/check/ticket.h"' | plant steps oracle/check/queue.c ': queue stands below ticket, or beside it'
echo 'int planted;' | plant steps oracle/check/planted.c 'oracle/check/planted.c: steps.txt does not say'

echo '#include "sim/log/read/repair.h"' |
	plant circles sim/log/read/merge_state.h 'sim/log/read: a circle of sim/log/read/merge_state sim/log/read/repair'
echo 'sim/log/op sim/log/json -- no reason' | plant circles tests/lint/circles.txt 'no circle (any more): sim/log/op sim/log/json'

echo 'OP(planted, OPT_GET, "", "")' | plant spec sim/log/op.def 'its rows are not those of sim/log/op.def'
echo 'BRANCH(gen_vmid, PLANTED, "planted")' | plant spec oracle/spec/spec.def 'oracle/spec/spec.def: gen_vmid never goes PLANTED'
echo 'int planted = ERRATUM_TICKET_HALT;' | plant spec oracle/spec/planted.c 'oracle/spec: no row of spec.def has the erratum ticket-halt'
echo '{"f": "walk_s2pt_spec"}' | plant spec tests/data/specx.jsonl 'a vector of an operation, which no step judges'

echo 'int planted;' | plant spdx sim/log/planted.c 'sim/log/planted.c:1:'
echo '#define A 1' | plant spdx sim/log/planted.def 'sim/log/planted.def:1:'
printf '#!/bin/sh\ntrue\n' | plant spdx tests/cli/planted.sh 'tests/cli/planted.sh:1:'

yes ';' | head -n 601 | plant size sim/log/planted.c 'sim/log/planted.c:601:'
{
	printf 'void f(void)\n{\n'
	yes '	;' | head -n 71
	echo '}'
} | plant size sim/log/planted.c 'sim/log/planted.c:2: a function of 71 lines'

echo 'static inline u32 f(void) { return 0; }' | plant headers sim/log/planted.h 'sim/log/planted.h:1:'

echo 'int f(int *p) { return __atomic_load_n(p, __ATOMIC_RELAXED); }' |
	plant atomics oracle/cal/planted.c 'oracle/cal/planted.c:1:'
echo 'sim/base/types.h   no reason' | plant atomics tests/lint/atomics.txt 'no atomics (any more) in sim/base/types.h'

echo '#include <stdio.h>' | plant forbidden lock/planted.c 'lock/planted.c:1:'
echo 'char *f(char *s) { return strtok(s, " "); }' | plant forbidden sim/log/planted.c 'sim/log/planted.c:1:'
echo 'pthread_mutex_t m;' | plant forbidden lock/planted.c 'lock/planted.c:1:'

echo "see /wo""rk/planted.c" | plant privacy docs/planted.md 'docs/planted.md:1:'
echo "see /ho""me/somebody/x" | plant privacy tests/cli/planted.sh 'tests/cli/planted.sh:1:'
echo "FILE *f = open(\"/t""mp/x\");" | plant privacy sim/log/planted.c 'sim/log/planted.c:1:'
echo "from http://de""b.debian.org/" | plant privacy docs/planted.md 'docs/planted.md:1:'
echo "// TO""DO" | plant privacy sim/log/planted.c 'sim/log/planted.c:1:'

echo 'planted_spec' | plant seed tests/data/seed_names.txt 'planted_spec: no primitive has it'
mv "$copy/tests/data/seed_names.txt" "$copy/seed_names.kept"
grep -v pt_store_spec0 "$copy/seed_names.kept" >"$copy/tests/data/seed_names.txt"
expect seed - 'pt_store0: the abstract machine has no pt_store_spec0'
mv "$copy/seed_names.kept" "$copy/tests/data/seed_names.txt"

echo '# Mends: nothing' | plant findings tests/findings/planted.hyp 'docs/findings.md: no row for tests/findings/planted.hyp'
echo '| `planted` | what | where | nothing |' | plant findings docs/findings.md 'there is no tests/findings/planted.hyp'
echo '| `smmu-pools` | what | where | `hpfar-mask` |' |
	plant findings docs/findings.md 'smmu-pools: mended by hpfar-mask, its script says nothing'

echo 'PANIC(PLANTED, "nothing trips it", "vmid")' | plant panics sim/log/panic.def 'PLANTED: no script and no test trips it'
echo 'PANIC(PLANTED, "nothing says it", "vmid")' | plant panics sim/log/panic.def 'PLANTED: nothing panics for it'
printf 'MARK(PLANTED, planted, 0, A(a, DEC), "what")\n' | plant marks sim/log/mark.def '| `planted` | a:DEC | 0 | what |'
printf 'TYPE(PLANTED, "what")\n' | plant marks sim/log/mark_arg.def 'there is no line | `PLANTED` | what |  |'
echo '| 99 | `planted` |  | 0 | what |' | plant marks docs/log-format.md 'rows of marks, sim/log/mark.def has'

printf '%s\nint  planted;\n' "$spdx" | plant format sim/log/planted.c 'sim/log/planted.c:2:'

echo 'x=$(cat a | ps aux)' | plant commands tests/cli/planted.sh 'planted.sh:1: no package is known for the command ps'
printf 'expect 0 "a; b" env A=1 timeout -s INT 5 hexdump "$dir/ls"\n' |
	plant commands tests/cli/planted.sh 'planted.sh:1: no package is known for the command hexdump'
printf 'case $a in\nb) sh -c '"'gawk 1'"' ;;\nesac\n' |
	plant commands tests/cli/planted.sh 'planted.sh:2: no package is known for the command gawk'
printf 'text\n$ hypsim list | less\n' | plant commands docs/planted.md 'planted.md:2: no package is known for the command less'
echo 'diffutils diff3' | plant commands tests/lint/commands.txt 'no script runs (any more) diff3'
echo 'less cat' | plant commands tests/lint/commands.txt 'less is not always there, and no table of ./dev has it'

echo 'ENTRY(planted, HVC, HVC_PLANTED, NONE, "", "", "")' | plant pairs sim/explore/entries.def 'planted: there is no HVC_PLANTED (HVC)'
echo 'REFUSED(planted, "it stands nowhere")' | plant pairs sim/explore/entries.def 'there is no row planted'
echo 'HVC(HVC_PLANTED, true,' | plant pairs sim/hyp/hvc.def 'there is no row for hypercall HVC_PLANTED'
echo 'CPU_KEPT(planted)' | plant undo_cpu sim/machine/undo_cpu.def 'struct cpu has no planted here'

long='| short | full'
echo "cli.planted | release | tests/cli/run.sh $long" | plant long tests/long.txt 'there is no test cli.planted'
echo "cli.run | planted | tests/cli/run.sh $long" | plant long tests/long.txt 'cli.run: there is no preset planted'
echo "cli.log | release | tests/cli/log.sh $long" | plant long tests/long.txt 'cli.log: tests/cli/log.sh does not ask for the form'
echo "cli.run | release | - $long" | plant long tests/long.txt 'cli.run: nobody asks for the form, and the two differ'
echo 'cli.run | release | tests/cli/run.sh | one | one' | plant long tests/long.txt 'cli.run: the forms are the same, and tests/cli/run.sh asks'
echo 'cli.run | release | tests/cli/run.sh' | plant long tests/long.txt 'cli.run: what are its forms?'
echo '[ "$test_form" = short ]' | plant long tests/cli/log.sh ': no row of tests/long.txt names it'

echo '[x](planted.md)' | plant links docs/json.md ': there is no docs/planted.md'
echo '[x](docs/planted.md)' | plant links README.md ': there is no docs/planted.md'
echo '[x](explore.md#planted)' | plant links docs/json.md ': docs/explore.md has no heading #planted'
echo 'x `tests/cli/planted.sh` y' | plant links docs/json.md ': there is no tests/cli/planted.sh'
echo 'x `tests/cli/planted*` y' | plant links docs/json.md ': there is no tests/cli/planted*'

list=tests/mutants/corpus.txt planted=tests/mutants/corpus/planted.patch
{
	echo 'M17 | S | L17 no leak | corpus/M17_return_keeps_lock.patch'
	echo 'M997 | Q | L17 | left out: planted'
	echo 'M998 | S | leak | planted'
	echo 'M999 | S | X6 | hyp_runs_twice.patch'
	echo 'M1 | S | L17 | corpus/unplanted.patch'
} >"$BUILD/lint.rows"
for what in 'M17 comes twice' 'M997: there is no mode Q' 'M998: checks are clauses and their names, or checks without a clause, with commas: leak' \
	'M998: neither a patch nor "left out: REASON"' 'M1: this is no number of a mutant' \
	'M1: there is no tests/mutants/corpus/unplanted.patch with an id'; do
	plant corpus $list "$list: $what" <"$BUILD/lint.rows"
done
plant corpus $list 'docs/mutants.md: no row for M997' <"$BUILD/lint.rows"
plant corpus $list "hyp_runs_twice.patch: id \"M83\", $list says \"M999\"" <"$BUILD/lint.rows"
{
	printf '# spdx\n# cpus: many\n# workload: hypsim run planted --cpus 2\n'
	printf -- '--- a/oracle/oracle.h\n+++ b/oracle/oracle.h\n@@ -1 +1 @@\n-planted\n+grown\n'
} >"$BUILD/lint.patch"
for what in "no row of $list has it" 'not one line "# mode: "' 'no sentence' 'cpus is a number' \
	'workload: no scenario planted' 'changes oracle/oracle.h, which is not the machine' 'does not apply'; do
	plant corpus $planted "$planted: $what" <"$BUILD/lint.patch"
done
echo '# workload: hypsim exec planted.hyp' | plant corpus $planted 'planted.patch: workload: no script planted.hyp'
echo '# workload: true' | plant corpus $planted 'planted.patch: workload: neither "hypsim run SCENARIO"'

list=tests/mutants/explore.txt
{
	echo 'M17 | run | - | - | - | | planted'
	echo 'M997 | run | - | - | - | | planted'
	echo 'M06 | effect | planted.hyp | X6 | run | | planted'
	echo 'M01 | effect | - | - | - | LONG | planted'
	echo 'M02 | needy | - | - | - | | planted'
	echo 'M04 | run | - | - | run | | planted'
	echo 'M03 | run'
} >"$BUILD/lint.rows"
for what in 'M17: M17 comes twice' 'M997: no row of tests/mutants/corpus.txt has M997' 'M06: M06 is left out in one of the two lists' \
	'there is no tests/mutants/scopes/planted.hyp' 'M01: a scope, what is found there' 'M04: a scope, what is found there, and what must be drawn' 'M01: the form is SHORT or nothing' \
	'M02: there is no need needy' 'M03: seven cells'; do
	plant corpus $list "$list: $what" <"$BUILD/lint.rows"
done
echo '# planted' | plant corpus tests/mutants/scopes/planted.hyp "tests/mutants/scopes/planted.hyp: no row of $list, and no patch, names it"

# globals looks at libraries: one with a variable, a constant with an address, and a thread's variable
planted=$BUILD/lint.globals
rm -rf "$planted"
mkdir -p "$planted"
cat >"$planted/planted.c" <<'END'
int counted;
static int set = 1;
__thread int mine;
const char *const names[] = { "a", "b" };
int *f(void);
int *f(void)
{
	return &set;
}
END
${CC:-cc} -O1 -fPIE -c "$planted/planted.c" -o "$planted/planted.c.o" && ar rc "$planted/libplanted.a" "$planted/planted.c.o"
BUILD=$planted
expect globals - 'planted/planted.c.o:counted'
expect globals - 'planted/planted.c.o:set'
expect globals - 'planted/planted.c.o:mine'
if sh "$lint/globals.sh" "$copy" | grep names; then
	echo "globals.sh takes a constant for a variable"
	failed=1
fi

# circles looks at objects: two that ask for each other's function, where no file includes the other
mkdir -p "$planted/CMakeFiles/log.dir/sim/log"
for n in 1 2; do
	printf 'void f%s(void);\nvoid f%s(void);\nvoid f%s(void)\n{\n\tf%s();\n}\n' $n $((3 - n)) $n $((3 - n)) >"$copy/sim/log/planted$n.c"
	${CC:-cc} -O1 -c "$copy/sim/log/planted$n.c" -o "$planted/CMakeFiles/log.dir/sim/log/planted$n.c.o"
done
expect circles - 'sim/log: a circle of sim/log/planted1 sim/log/planted2'
expect circles - 'sim/log/planted1 on sim/log/planted2: f2'

# checker looks at a program: one that writes a log
for library in cpu lock shmem hyp machine scenarios; do
	ar rc "$planted/lib$library.a"
done
printf 'int log_planted(void);\nint log_planted(void)\n{\n\treturn 0;\n}\n' >"$planted/planted.c"
printf 'int log_planted(void);\nint main(void)\n{\n\treturn log_planted();\n}\n' >"$planted/main.c"
${CC:-cc} -c "$planted/planted.c" -o "$planted/planted.c.o" && ar rc "$planted/liblogwrite.a" "$planted/planted.c.o"
${CC:-cc} "$planted/main.c" "$planted/liblogwrite.a" -o "$planted/hypsim-check"
HYPSIM_CHECK=$planted/hypsim-check
export HYPSIM_CHECK
expect checker - 'hypsim-check: log_planted of logwrite'

rm -rf "$copy" "$planted"
exit $failed
