// SPDX-License-Identifier: GPL-2.0-only
/* Saved contexts: nobody asks who uses them until two CPUs race for one, and from then on steps depend on each other by it. */
#include "sim/explore/dfs.h"
#include "sim/explore/saved.h"
#include "sim/explore/search.h"
#include "sim/explore/shrink.h"
#include "tests/kit.h"
#include "tests/kit_programs.h"
#include "tests/kit_replay.h"
#include "tests/kit_spread.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Two CPUs race for vCPU 0 of VM 1; the second one sees what it expects if it comes last. */
#define SET_AND_GET                                                              \
	"concurrent\ncpu 0\nset_shadow_ctxt 1 0 3 7\ncpu 1\nacquire_lock_core\n" \
	"release_lock_core\nget_shadow_ctxt 1 0 3\nexpect 7\nend\n"

/* A VM with one vCPU, which CPU 0 and CPU 1 run. */
#define VM                                                                         \
	"errata intended\nboot 1024\nhvc HVC_REGISTER_KVM\n"                       \
	"hvc HVC_SET_BOOT_INFO 1 0x80000000 0x1000\n"                              \
	"hvc HVC_REMAP_VM_IMAGE 1 0x200 0\nhvc HVC_REGISTER_VCPU 1 0\n"            \
	"hvc HVC_VERIFY_VM_IMAGE 1\nconcurrent\ncpu 0\nfeed data 1 0x80000000 0\n" \
	"run 1 0\ncpu 1\nfeed data 1 0x80000000 0\n"

/* On threads ThreadSanitizer takes what races on purpose as ordered. */
static const enum vehicle_kind vehicle = HYPSIM_TSAN ? VEHICLE_PTHREAD : VEHICLE_FIBER;

/**
 * struct seen - what a search has come to
 * @known: where steps begin, as it has learned
 */
struct seen {
	struct search_result r;
	struct grain_known known;
};

static struct seen search(const char *text, enum search_kind kind, enum scope_depend depend)
{
	struct scope *s = program_scope(text);
	struct engine_opts o = { .vehicle = vehicle, .depend = depend, .steps = 10000 };
	struct search_opts so = { .kind = kind,
		                  .all = true,
		                  .seed = 1,
		                  .executions = kind >= SEARCH_SAMPLER ? 20 : 0,
		                  .class_bytes = 1 << 20 };
	struct setup *setup = NULL;
	struct engine *e = NULL;
	struct seen out;
	struct err err;

	if (setup_new(&setup, s, false, &err) < 0 || engine_new(&e, setup, &o, &err) < 0)
		fail_msg("%s", err.msg);
	search_run(e, setup, &so, NULL, NULL, NULL, &out.r);
	out.known = engine_known(e);
	engine_free(e);
	setup_free(setup);
	scope_free(s);
	return out;
}

/* By dfs so many classes, each once, and all that there are; and it has learned of the contexts of these VMs. */
static void expect_classes(const char *text, enum scope_depend depend, u64 classes, u32 contexts)
{
	struct seen dfs = search(text, SEARCH_DFS, depend), naive;

	assert_true(dfs.r.complete);
	assert_int_equal(dfs.r.classes, classes);
	assert_int_equal(dfs.r.executions, classes);
	assert_int_equal(dfs.r.redundant + dfs.r.blocked, 0);
	assert_int_equal(dfs.known.contexts, contexts);
	assert_int_equal(dfs.r.begun > 1, contexts != 0 || dfs.known.long_locks);
	if (depend == DEPEND_CELLS)
		return;
	naive = search(text, SEARCH_NAIVE, depend);
	assert_true(naive.r.complete);
	assert_int_equal(naive.r.classes, classes);
	assert_int_equal(naive.known.contexts, contexts);
}

/* A write and a read, or two writes, of one context have two orders; two reads, and uses of two contexts, have one. */
static void orders(void **state)
{
	(void)state;
	expect_classes(
		"concurrent\ncpu 0\nset_shadow_ctxt 1 0 3 7\ncpu 1\nget_shadow_ctxt 1 0 3\nend\n",
		DEPEND_TICKETS, 2, 1 << 1);
	expect_classes("concurrent\ncpu 0\nset_shadow_ctxt 2 0 3 7\ncpu 1\n"
	               "set_shadow_dirty_bit 2 0 1\nend\n",
	               DEPEND_TICKETS, 2, 1 << 2);
	expect_classes(
		"concurrent\ncpu 0\nget_shadow_esr 1 0\ncpu 1\nget_shadow_dirty_bit 1 0\nend\n",
		DEPEND_TICKETS, 1, 0);
	expect_classes(
		"concurrent\ncpu 0\nset_shadow_ctxt 1 0 3 7\ncpu 1\nset_shadow_ctxt 1 1 3 7\nend\n",
		DEPEND_TICKETS, 1, 0);
	/* All uses of one step come together. */
	expect_classes(
		"concurrent\ncpu 0\nset_shadow_ctxt 1 0 3 7\nset_shadow_ctxt 1 0 4 7\ncpu 1\n"
		"get_shadow_ctxt 1 0 3\nget_shadow_ctxt 1 0 4\nend\n",
		DEPEND_TICKETS, 2, 1 << 1);
	/* The read of a register that moves is a use of the context. */
	expect_classes("concurrent\ncpu 0\ncore_to_host\ncpu 1\nset_shadow_ctxt 0 0 3 7\nend\n",
	               DEPEND_TICKETS, 2, 1 << 0);
	expect_classes("concurrent\ncpu 0\nhost_to_core\ncpu 1\nget_shadow_ctxt 0 0 3\nend\n",
	               DEPEND_TICKETS, 2, 1 << 0);
}

/* A lock orders uses where its tickets are ordered; by cells sections commute, and the context says which do not. */
static void under_a_lock(void **state)
{
	static const char text[] = "concurrent\ncpu 0\nacquire_lock_vm 1\nset_shadow_ctxt 1 0 3 7\n"
				   "release_lock_vm 1\ncpu 1\nacquire_lock_vm 1\n"
				   "get_shadow_ctxt 1 0 3\nrelease_lock_vm 1\nend\n";

	(void)state;
	expect_classes(text, DEPEND_TICKETS, 2, 0);
	expect_classes(text, DEPEND_CELLS, 2, 1 << 1);
}

/* The vCPU's state orders who runs it, and who registers it: nothing is learned, and nothing explored but for that. */
static void claimed(void **state)
{
	(void)state;
	expect_classes(VM "run 1 0\nend\n", DEPEND_TICKETS, 12, 0);
	expect_classes("boot 1024\nhvc HVC_REGISTER_KVM\nconcurrent\ncpu 0\n"
	               "hvc HVC_REGISTER_VCPU 1 0\ncpu 1\nhvc HVC_REGISTER_VCPU 1 1\nend\n",
	               DEPEND_TICKETS,
	               search("boot 1024\nhvc HVC_REGISTER_KVM\nconcurrent\ncpu 0\n"
	                      "hvc HVC_REGISTER_VCPU 1 0\ncpu 1\n"
	                      "hvc HVC_REGISTER_VCPU 1 1\nend\n",
	                      SEARCH_NAIVE, DEPEND_TICKETS)
	                       .r.classes,
	               0);
}

/*
 * CPU 0 uses the context behind the section that CPU 1 has waited for, in the same step: what that use depends on happens before CPU 1's
 * section, too.  Without that the search is told to have CPU 1 go on with a lock that nobody has passed on.
 */
static void handed_down(void **state)
{
	static const char text[] = "concurrent\ncpu 0\nacquire_lock_core\nrelease_lock_core\n"
				   "set_shadow_ctxt 1 0 3 7\ncpu 1\nacquire_lock_core\n"
				   "release_lock_core\nget_shadow_ctxt 1 0 3\ncpu 2\n"
				   "set_shadow_ctxt 1 0 3 8\nend\n";

	(void)state;
	expect_classes(text, DEPEND_TICKETS, search(text, SEARCH_NAIVE, DEPEND_TICKETS).r.classes,
	               1 << 1);
}

/* A search that draws leaves nothing out, and what it draws does not depend on whether anybody races. */
static void drawn(void **state)
{
	(void)state;
	for (u32 k = SEARCH_SAMPLER; k < SEARCH_NR; k++) {
		struct seen s = search(SET_AND_GET, (enum search_kind)k, DEPEND_TICKETS);

		assert_int_equal(s.known.contexts, 0);
		assert_int_equal(s.r.begun, 1);
		assert_int_equal(s.r.executions, 20);
	}
	assert_int_equal(search(SET_AND_GET, SEARCH_DFS, DEPEND_TICKETS).known.contexts, 1 << 1);
}

/* A kept search has what it learned with it: it goes on where it was, and does not begin again. */
static void kept(void **state)
{
	struct scope *s = program_scope(VM "acquire_lock_vm 1\nset_vcpu_state 1 0 2\n"
	                                   "release_lock_vm 1\nrun 1 0\nend\n");
	struct spread_opts o = kit_whole();
	struct came one, c;
	char path[256];
	u32 parts = 0;

	(void)state;
	kit_vehicle = vehicle;
	o.search.kind = SEARCH_DFS;
	one = kit_searched(s, &o, false);
	assert_true(one.r.sum.complete);
	assert_int_equal(one.r.sum.classes, search(VM "acquire_lock_vm 1\nset_vcpu_state 1 0 2\n"
	                                              "release_lock_vm 1\nrun 1 0\nend\n",
	                                           SEARCH_DFS, DEPEND_TICKETS)
	                                            .r.classes);
	kit_temp_name(path, sizeof(path));
	o.keep = path;
	o.keep_ns = ~0ull >> 1;
	o.search.executions = 1 + one.r.sum.executions / 7;
	for (;; parts++) {
		c = kit_searched(s, &o, false);
		assert_int_equal(c.r.resumed, parts > 0);
		if (c.r.sum.complete)
			break;
		/* Whoever begins again forgets what there was. */
		assert_int_equal(c.r.sum.executions, (parts + 1) * o.search.executions);
		came_drop(&c);
	}
	assert_true(parts >= 3);
	kit_same_sums(&c, &one);
	came_drop(&c);
	came_drop(&one);
	unlink(path);
	scope_free(s);
}

/* The first execution of the strategy that finds something, as a schedule with its calls. */
static void first_found(struct ran *ran, const struct strategy *by, struct schedule *out)
{
	struct schedule keys = { .n = 0 };
	struct replayed r;

	do {
		const struct execution *x = engine_execution(ran->e);

		assert_true(engine_run(ran->e, by));
		keys.n = 0;
		for (u32 i = 0; i < x->n; i++)
			schedule_add(&keys, &x->step[i].step, 0);
		engine_undo(ran->e);
	} while (!search_found(engine_result(ran->e)));
	engine_restart(ran->e);
	replay_run(ran->e, ran->setup, &keys, REPLAY_STRICT, NULL, &r, NULL, NULL);
	assert_false(r.differs);
	schedule_copy(out, &r.took);
	replayed_free(&r);
	schedule_free(&keys);
}

/* What dfs has found, with what it learned. */
static void find(const struct scope *s, struct saved *k)
{
	struct search_opts so = { .kind = SEARCH_DFS, .all = true, .class_bytes = 1 << 20 };
	struct search_result r;
	struct dfs *d = dfs_new();
	const struct strategy by = dfs_strategy(d);
	struct ran ran;

	ran_new(&ran, s, vehicle);
	search_run(ran.e, ran.setup, &so, NULL, NULL, NULL, &r);
	saved_of(k, s, false);
	k->known = engine_known(ran.e);
	k->known.depend = DEPEND_TICKETS;
	engine_restart(ran.e);
	first_found(&ran, &by, &k->schedule);
	snprintf(k->verdict, sizeof(k->verdict), "expect");
	ran_free(&ran);
	dfs_free(d);
}

static void replays(const struct scope *s, const struct saved *k, bool same)
{
	struct replayed r;
	struct ran ran;

	ran_new(&ran, s, vehicle);
	engine_know(ran.e, &k->known);
	replay_run(ran.e, ran.setup, &k->schedule, REPLAY_STRICT, NULL, &r, NULL, NULL);
	assert_int_equal(!r.differs, same);
	if (same)
		assert_string_equal(replay_verdict(r.found), k->verdict);
	replayed_free(&r);
	ran_free(&ran);
}

static void same_known(const struct saved *a, const struct saved *b)
{
	assert_true(grain_known_equal(&a->known, &b->known));
	assert_int_equal(a->known.contexts, 1 << 1);
	assert_int_equal(a->schedule.n, b->schedule.n);
}

/* A schedule's file and its string say for which contexts CPUs race: without that its steps are others. */
static void saved(void **state)
{
	struct scope *s = program_scope(SET_AND_GET);
	struct saved k, back;
	char path[256], *text;
	struct err err;

	(void)state;
	find(s, &k);
	text = saved_string(&k);
	assert_int_equal(saved_parse(&back, text, &err), 0);
	same_known(&back, &k);
	replays(s, &back, true);
	saved_free(&back);
	free(text);
	kit_temp_name(path, sizeof(path));
	assert_int_equal(saved_write(&k, path, &err), 0);
	assert_int_equal(saved_read(&back, path, &err), 0);
	same_known(&back, &k);
	replays(s, &back, true);
	back.known.contexts = 0;
	replays(s, &back, false);
	saved_free(&back);
	/* There are no more VMs. */
	k.known.contexts = 1u << N_VMID;
	text = saved_string(&k);
	assert_int_equal(saved_parse(&back, text, &err), -ERR_TEXT);
	free(text);
	assert_int_equal(saved_write(&k, path, &err), 0);
	assert_int_equal(saved_read(&back, path, &err), -ERR_TEXT);
	unlink(path);
	saved_free(&k);
	scope_free(s);
}

/* What was found without knowing of contexts is made small by who learns of them: what comes out is executed as it says. */
static void shrunk(void **state)
{
	struct scope *s = program_scope("concurrent\ncpu 0\nacquire_lock_vm 3\nrelease_lock_vm 3\n"
	                                "set_shadow_ctxt 1 0 3 7\nacquire_lock_vm 3\n"
	                                "release_lock_vm 3\ncpu 1\nacquire_lock_core\n"
	                                "release_lock_core\nget_shadow_ctxt 1 0 3\nexpect 7\n"
	                                "acquire_lock_vm 4\nrelease_lock_vm 4\nend\n");
	struct shrink_opts o = { .engine = { .vehicle = vehicle,
		                             .judged = true,
		                             .checks = check_set_all(),
		                             .steps = 1000 },
		                 .ns = 20000000000u };
	struct grain_known known = { .depend = DEPEND_TICKETS, .grain = GRAIN_LOCK };
	struct sampler_opts so = { .kind = SAMPLER_RANDOM, .seed = 1, .scope = s };
	struct sampler *sampler = sampler_new(&so);
	const struct strategy by = sampler_strategy(sampler);
	struct schedule found = { .n = 0 };
	struct shrunk small;
	struct ran ran;
	struct saved k;
	struct err err;

	(void)state;
	ran_new(&ran, s, vehicle);
	first_found(&ran, &by, &found);
	assert_int_equal(engine_known(ran.e).contexts, 0);
	ran_free(&ran);
	sampler_free(sampler);
	if (shrink(s, &found, &known, "expect", &o, &small, &err) < 0)
		fail_msg("%s", err.msg);
	saved_of(&k, small.scope, false);
	k.known = small.known;
	schedule_copy(&k.schedule, &small.schedule);
	snprintf(k.verdict, sizeof(k.verdict), "expect");
	assert_int_equal(small.known.contexts, 1 << 1);
	replays(small.scope, &k, true);
	saved_free(&k);
	shrunk_free(&small);
	schedule_free(&found);
	scope_free(s);
}

/* ---- our own mistakes ---- */

static bool always(void *arg)
{
	(void)arg;
	return true;
}

/* CPU 1's one step, and another one. */
static u32 again_and_again(void *arg, const struct execution *x)
{
	(void)arg;
	(void)x;
	return 1;
}

static void nothing(void *arg, const struct execution *x)
{
	(void)arg;
	(void)x;
}

static u32 zero(const void *arg)
{
	(void)arg;
	return 0;
}

static void follow(void *arg)
{
	const struct strategy by = { always, again_and_again, nothing, zero, NULL, true };
	struct ran ran;

	if (!freopen("cannot.txt", "w", stderr))
		_exit(1);
	setvbuf(stderr, NULL, _IONBF, 0);
	ran_new(&ran, arg, VEHICLE_FIBER);
	engine_run(ran.e, &by);
}

static void cannot(const char *program, const char *says)
{
	struct scope *s = program_scope(program);
	char line[400] = "";
	FILE *f;

	assert_true(dies(follow, s));
	f = fopen("cannot.txt", "r");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f));
	fclose(f);
	unlink("cannot.txt");
	assert_non_null(strstr(line, "uncontrolled nondeterminism"));
	if (!strstr(line, says))
		fail_msg("%s", line);
	scope_free(s);
}

/* Who wants a step that cannot be made is told what was wanted, and what is there instead. */
static void followed(void **state)
{
	(void)state;
	cannot("concurrent\ncpu 0\nacquire_lock_core\nrelease_lock_core\ncpu 1\nacquire_lock_core\n"
	       "release_lock_core\nend\n",
	       "step 1: \"CPU 1 makes it\" in one, \"CPU 1 has ended\" in the other");
	cannot("concurrent\ncpu 0\nacquire_lock_core\nrelease_lock_core\ncpu 1\npanic\nend\n",
	       "step 0: \"CPU 1 makes it\" in one, \"CPU 1's step 0: halt, which comes behind what "
	       "others can do\" in the other");
	cannot("concurrent\ncpu 0\nacquire_lock_core\nrelease_lock_core\nend\n",
	       "there is no CPU 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orders),   cmocka_unit_test(under_a_lock),
		cmocka_unit_test(claimed),  cmocka_unit_test(handed_down),
		cmocka_unit_test(drawn),    cmocka_unit_test(kept),
		cmocka_unit_test(saved),    cmocka_unit_test(shrunk),
		cmocka_unit_test(followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
