// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/run_report.h"

#include "oracle/report/known.h"
#include "oracle/report/page.h"
#include "oracle/report/report.h"
#include "oracle/report/verdicts.h"
#include "sim/cli/cmd.h"
#include "sim/cli/run_counts.h"
#include "sim/cli/run_results.h"
#include "sim/log/json.h"
#include "sim/machine/stuck_text.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What a yield cost where it took a time slice of somebody else, on average; 0: none did. */
static u64 dear_yield_ns(const struct sharing *s)
{
	return s->dear_yields ? s->dear_sum_ns / s->dear_yields : 0;
}

/* What all CPUs did, added up. */
static void add_stats(const struct run_setup *r, struct cpu_stats *sum)
{
	memset(sum, 0, sizeof(*sum));
	for (u32 i = 0; i < r->cpus; i++)
		cpu_stats_merge(sum, &r->machine->cpu[i].stats);
}

static const char *rate(double per_second, char *buf, size_t size)
{
	if (per_second >= 1e6)
		snprintf(buf, size, "%.2f M/s", per_second / 1e6);
	else
		snprintf(buf, size, "%.1f k/s", per_second / 1e3);
	return buf;
}

/* A host takes a core away now and then: the machine is shared when waiters slept for a good part of the run. */
static void print_sharing(const struct sharing *s, u64 elapsed_ns)
{
	if (s->times && 4 * s->slept_ns >= elapsed_ns)
		printf("a yield cost %.1f ms: the machine is shared; waiters sleep\n",
		       (double)dear_yield_ns(s) / 1e6);
}

static void print_head(const struct run_setup *r)
{
	double s = (double)r->result.elapsed_ns / 1e9;
	char ops[32];

	printf("%s: %u CPUs, seed %llu, wait %s", r->scenario->name, r->cpus,
	       (unsigned long long)r->seed, wait_kind_name(r->policy.kind));
	if (r->policy.admit)
		printf(", admit %u", r->policy.admit);
	if (r->perturb)
		printf(", perturb %u", r->perturb);
	printf("\n");
	if (r->cpus > TOTAL_CPU)
		printf("note: TOTAL_CPU is %u and fairness %u here, not the published machine's %u "
		       "and %u\n",
		       r->config.total_cpu, r->config.fairness, TOTAL_CPU, FAIRNESS_MIN);
	if (r->cpus > TOTAL_CPU && r->workload.fixed)
		printf("note: a VM may have %u vCPUs (VCPU_PER_VM), not %u\n", r->config.total_cpu,
		       VCPU_PER_VM);
	printf("%llu operations in %.2f s (%s)", (unsigned long long)r->result.ops, s,
	       rate((double)r->result.ops / s, ops, sizeof(ops)));
	if (run_atomic_events(r) > 0)
		printf(", %llu atomic events (%s)", (unsigned long long)run_atomic_events(r),
		       rate((double)run_atomic_events(r) / s, ops, sizeof(ops)));
	if (r->result.episodes > 1)
		printf(", %llu episodes", (unsigned long long)r->result.episodes);
	if (r->result.panics > 0)
		printf(", %llu ended by a panic", (unsigned long long)r->result.panics);
	if (r->log->slots.kind != LOG_OFF)
		printf(", log %.1f MiB%s%s", (double)r->log_bytes / (1 << 20),
		       r->log_path ? " in " : "", r->log_path ? r->log_path : "");
	printf("\n");
	print_sharing(&r->machine->locks.sharing, r->result.elapsed_ns);
	printf("\n");
}

static void print_locks(const struct run_setup *r, const struct cpu_stats *s)
{
	printf("%-10s %14s %14s %9s", "lock", "acquisitions", "contended", "waited");
	if (r->timestamps)
		printf(" %12s %12s", "mean wait", "longest");
	printf("\n");
	for (lk_t lk = CORE_ID; lk < ID_END; lk++) {
		u64 n = s->lock_acquisitions[lk], w = s->lock_contended[lk];
		char name[32];

		if (!n)
			continue;
		printf("%-10s %14llu %14llu %8.1f%%", obj_name(lk, name, sizeof(name)),
		       (unsigned long long)n, (unsigned long long)w, 100.0 * (double)w / (double)n);
		if (r->timestamps)
			printf(" %9.1f us %9.1f us",
			       w ? (double)s->lock_wait_ns[lk] / (double)w / 1e3 : 0.0,
			       (double)s->lock_wait_max_ns[lk] / 1e3);
		printf("\n");
	}
	if (r->timestamps) {
		printf("wait p50 %.1f us, p99 %.1f us, longest %.1f us; hold p50 %.1f us, p99 %.1f "
		       "us, longest %.1f us\n",
		       (double)hist_quantile(&s->wait, 0.5) / 1e3,
		       (double)hist_quantile(&s->wait, 0.99) / 1e3, (double)s->wait.max / 1e3,
		       (double)hist_quantile(&s->hold, 0.5) / 1e3,
		       (double)hist_quantile(&s->hold, 0.99) / 1e3, (double)s->hold.max / 1e3);
	}
	printf("\n");
}

static void print_stuck(const struct run_setup *r)
{
	const struct cpu *c = &r->machine->cpu[r->result.cpu];
	const struct stuck *s = &c->stuck;
	char call[256];

	printf("STUCK: cpu %u in %s: %s: %s; bars %s, tstate %u", c->id,
	       stuck_call(s, call, sizeof(call)), stuck_name(s->rule), stuck_sentence(s->rule),
	       bars_name(c->bars), c->tstate);
	for (lk_t lk = 0; lk < ID_END; lk++) {
		char name[32];

		if (c->lock[lk] != LOCK_FALSE)
			printf("; %s %s", obj_name(lk, name, sizeof(name)),
			       lock_state_name(c->lock[lk]));
	}
	printf("\n");
}

static void print_panic(const struct run_setup *r)
{
	const struct panic_report *p = &r->machine->cpu[r->result.cpu].panic;
	char values[160];

	printf("the machine panicked: an answer, not a violation\ncpu %u: %s: %s%s%s\n",
	       r->result.cpu, panic_name(p->reason), panic_sentence(p->reason), p->n ? "; " : "",
	       panic_print_values(p->reason, p->n, p->values, values, sizeof(values)));
}

static void print_end(const struct run_setup *r)
{
	switch (r->result.end) {
	case RUN_DONE:
		break;
	case RUN_INTERRUPTED:
		if (!r->judged_in_part)
			printf("interrupted: what was done until then was judged%s%s\n",
			       r->result.text[0] ? "; " : "", r->result.text);
		break;
	case RUN_STUCK:
		print_stuck(r);
		break;
	case RUN_DEADLOCK:
		printf("DEADLOCK: %s\n", r->result.text);
		break;
	case RUN_STALL:
		printf("STALL: %s\n", r->result.text);
		break;
	case RUN_PANIC:
		print_panic(r);
		break;
	case RUN_FOUND:
		printf("stopped when the violation was found\n");
		break;
	case RUN_LOG_FAILED:
		break;
	}
	if (r->judged_in_part)
		printf("interrupted: the log was judged up to event %llu\n",
		       (unsigned long long)checker_n_events(run_check_checker(r->checking)));
	if (r->verified && !r->verify_ok)
		printf("NOT AS EXPECTED: %s\n", r->differs.text);
}

/* Does anything but the checks say violation? */
static bool run_violates(const struct run_setup *r)
{
	return r->result.end == RUN_STUCK || r->result.end == RUN_DEADLOCK ||
	       r->result.end == RUN_STALL || (r->verified && !r->verify_ok);
}

static json_t *locks_json(const struct cpu_stats *s)
{
	json_t *a = json_array();

	for (lk_t lk = CORE_ID; lk < ID_END; lk++) {
		char name[32];

		if (s->lock_acquisitions[lk])
			json_array_append_new(
				a, json_pack("{s:i,s:s,s:I,s:I,s:I,s:I}", "lock", (int)lk, "name",
			                     obj_name(lk, name, sizeof(name)), "acquisitions",
			                     (json_int_t)s->lock_acquisitions[lk], "contended",
			                     (json_int_t)s->lock_contended[lk], "wait_ns",
			                     (json_int_t)s->lock_wait_ns[lk], "wait_max_ns",
			                     (json_int_t)s->lock_wait_max_ns[lk]));
	}
	return a;
}

/* "buckets": [i] the times from 2^i to 2^(i+1) - 1 ns, the first one with 0 ns, up to the last that is not empty. */
static json_t *hist_json(const struct hist *h)
{
	json_t *buckets = json_array();
	u32 last = 0;

	for (u32 i = 0; i < HIST_BUCKETS; i++)
		if (h->bucket[i])
			last = i + 1;
	for (u32 i = 0; i < last; i++)
		json_array_append_new(buckets, json_u64(h->bucket[i]));
	return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "n", json_u64(h->n), "sum_ns",
	                 json_u64(h->sum), "max_ns", json_u64(h->max), "p50_ns",
	                 json_u64(hist_quantile(h, 0.5)), "p99_ns",
	                 json_u64(hist_quantile(h, 0.99)), "buckets", buckets);
}

static void times_json(json_t *o, const struct cpu_stats *s)
{
	json_object_set_new(o, "wait_times", hist_json(&s->wait));
	json_object_set_new(o, "hold_times", hist_json(&s->hold));
}

static json_t *cpus_json(const struct run_setup *r)
{
	json_t *a = json_array();

	for (u32 i = 0; i < r->cpus; i++) {
		const struct cpu_stats *s = &r->machine->cpu[i].stats;
		json_t *o = json_pack("{s:i,s:I,s:I}", "cpu", (int)i, "ops",
		                      (json_int_t)r->result.cpu_ops[i], "acquisitions",
		                      (json_int_t)cpu_acquisitions(s));

#define STAT(name, sentence) json_object_set_new(o, #name, json_integer((json_int_t)s->name));
#include "cpu/stats.def"
		if (r->timestamps)
			times_json(o, s);
		json_array_append_new(a, o);
	}
	return a;
}

/* How often and for how long waiters were sent to sleep, since yields were dear: how many of these, and what one cost. */
static json_t *sharing_json(const struct sharing *s)
{
	return json_pack("{s:o,s:o,s:o,s:o}", "times", json_u64(s->times), "slept_ns",
	                 json_u64(s->slept_ns), "dear_yields", json_u64(s->dear_yields), "yield_ns",
	                 json_u64(dear_yield_ns(s)));
}

static void print_json(const struct run_setup *r, const struct cpu_stats *s, bool violation)
{
	json_t *o = r->checking ? report_json(run_check_checker(r->checking), &r->config)
	                        : json_object();

	if (violation && json_array_size(json_object_get(o, "findings")) == 0)
		json_object_set_new(o, "findings", run_own_findings(r));
	json_object_set_new(o, "scenario", json_string(r->scenario->name));
	json_object_set_new(o, "cpus", json_integer(r->cpus));
	json_object_set_new(o, "seed", json_u64(r->seed));
	json_object_set_new(o, "wait", json_string(wait_kind_name(r->policy.kind)));
	json_object_set_new(o, "perturb", json_integer(r->perturb));
	json_object_set_new(o, "end", json_string(run_end_name(r->result.end)));
	if (r->result.text[0] && r->result.end != RUN_DONE)
		json_object_set_new(o, "text", json_string(r->result.text));
	if (r->judged_in_part)
		json_object_set_new(o, "judged_in_part", json_true());
	if (r->verified && !r->verify_ok)
		json_object_set_new(o, "verify", json_string(r->differs.text));
	json_object_set_new(o, "verdict",
	                    json_string(violation ? "violation"
	                                : !r->check || r->judge_error.code != ERR_NONE
	                                        ? "not judged"
	                                        : "ok"));
	if (r->log_error.code != ERR_NONE)
		json_object_set_new(o, "error", json_string(r->log_error.msg));
	else if (r->judge_error.code != ERR_NONE)
		json_object_set_new(o, "error", json_string(r->judge_error.msg));
	json_object_set_new(o, "ops", json_integer((json_int_t)r->result.ops));
	json_object_set_new(o, "episodes", json_integer((json_int_t)r->result.episodes));
	run_counts_json(r, o);
	if (r->checking && r->workload.fixed)
		json_object_set_new(o, "coverage",
		                    coverage_json(run_check_coverage(r->checking), false));
	json_object_set_new(o, "elapsed_ns", json_integer((json_int_t)r->result.elapsed_ns));
	json_object_set_new(o, "cpu_ns", json_integer((json_int_t)r->result.cpu_ns));
	if (r->checking && r->check == CHECK_ONLINE)
		json_object_set_new(o, "judge_lag_ns",
		                    json_integer((json_int_t)run_check_lag_ns(r->checking)));
	json_object_set_new(o, "sharing", sharing_json(&r->machine->locks.sharing));
	json_object_set_new(o, "log_bytes", json_integer((json_int_t)r->log_bytes));
	json_object_set_new(o, "locks", locks_json(s));
	if (r->timestamps)
		times_json(o, s);
	json_object_set_new(o, "per_cpu", cpus_json(r));
	json_dumpf(o, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	printf("\n");
	json_decref(o);
}

/* The exit status; what the host failed in is told. */
static int status(const struct run_setup *r, bool violation)
{
	const struct err *errors[] = { &r->log_error, &r->judge_error };
	int worst = violation ? EXIT_VIOLATION : EXIT_NOTHING;

	fflush(stdout);
	for (u32 i = 0; i < ARRAY_SIZE(errors); i++) {
		if (errors[i]->code == ERR_NONE ||
		    (i > 0 && !strcmp(errors[0]->msg, errors[i]->msg)))
			continue;
		fprintf(stderr, "hypsim run: %s\n", errors[i]->msg);
		if (worst == EXIT_NOTHING)
			worst = i == 0 ? EXIT_HOST : err_status(errors[i]->code);
	}
	return worst;
}

/* What was found, what is known, and what was not judged. */
static void print_verdict(const struct run_setup *r, const struct checker *k, bool violation)
{
	bool failed = r->judge_error.code != ERR_NONE || r->log_error.code != ERR_NONE;
	char known[256] = "";

	printf("verdict: %s", violation                         ? "VIOLATION"
	                      : !k                              ? "not judged (--check off)"
	                      : r->judge_error.code != ERR_NONE ? "not judged to the end"
	                      : r->log_error.code != ERR_NONE
	                              ? "nothing found in what the log holds"
	                              : "nothing found");
	if (!k) {
		putchar('\n');
		return;
	}
	printf("%s%s\n", known_words(k, known, sizeof(known)),
	       violation || failed ? "" : verdicts_hollow(k));
	verdicts_not_judged(stdout, k, &r->config);
}

static void print_coverage(const struct run_setup *r)
{
	if (r->workload.fixed)
		coverage_print(stdout, run_check_coverage(r->checking), false);
	else
		printf("the log is none of the hypervisor: there is no coverage of it\n");
	putchar('\n');
}

int run_report(struct run_setup *r)
{
	const struct checker *k = r->checking ? run_check_checker(r->checking) : NULL;
	bool violation = run_violates(r) || (k && checker_n_findings(k) > 0);
	static struct cpu_stats sum;

	add_stats(r, &sum);
	if (results_wanted(&r->results))
		run_results(r, violation);
	if (r->json) {
		print_json(r, &sum, violation);
	} else if (!r->quiet || violation) {
		print_head(r);
		run_counts_print(r);
		print_locks(r, &sum);
		if (k && (r->judge_error.code == ERR_NONE || checker_n_events(k) > 0)) {
			if (run_check_overlaps(r->checking))
				overlap_print(stdout, run_check_overlaps(r->checking), r->overlaps);
			verdicts_table(stdout, k, isatty(STDOUT_FILENO));
			page_findings(stdout, k, &r->config, run_page_how(r));
			page_known(stdout, k, &r->config);
			if (r->coverage)
				print_coverage(r);
		}
		print_end(r);
		print_verdict(r, k, violation);
	}
	return status(r, violation);
}
