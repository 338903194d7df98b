// SPDX-License-Identifier: GPL-2.0-only
#include "bench/lock_run.h"

#include "bench/frame.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Time for every thread to come to the lock: locks that collapse then are fast for as long as some did not. */
enum { WARM_UP_US = 100000 };

/* Whoever does not come back so long after the end waits for ever. */
enum { COMES_BACK_S = 10 };

/* Of the time without stamps. */
static const double stamped_share = 0.2;

double lock_run_more(double seconds)
{
	return seconds * stamped_share + 1e-6 * WARM_UP_US;
}

/**
 * struct phase - threads in a loop
 * @fn: the loop
 */
struct phase {
	struct bench_run *r;
	struct bench_worker *w;
	const struct lock_load *load;
	void (*fn)(struct bench_worker *w);
};

struct started {
	struct bench_worker *w;
	const struct phase *phase;
};

static void *work(void *arg)
{
	struct started *s = arg;

	pthread_barrier_wait(&s->w->run->start);
	s->phase->fn(s->w);
	free(s);
	return NULL;
}

static void begin(const struct phase *p)
{
	flag_clear(&p->r->stop);
	pthread_barrier_init(&p->r->start, NULL, p->r->cpus + 1);
	for (u32 i = 0; i < p->r->cpus; i++) {
		struct started *s = malloc(sizeof(*s));

		if (!s)
			exit(3);
		*s = (struct started){ &p->w[i], p };
		if (pthread_create(&p->w[i].id, NULL, work, s))
			exit(3);
		if (p->load->pin)
			bench_stay_on(p->w[i].id, bench_core(i));
	}
	pthread_barrier_wait(&p->r->start);
}

/* A thread is in the lock for ever: nothing can be told of the others. */
static void lost_thread(const struct bench_run *r, u32 cpu)
{
	fprintf(stderr,
	        "hypsim bench: %s: CPU %u of %u did not come back within %d s: it waits for the "
	        "lock, or in its release\n",
	        r->subject->name, cpu, r->cpus, COMES_BACK_S);
	fflush(stdout);
	_exit(r->subject->own ? 1 : 3);
}

static void end(const struct phase *p)
{
	struct timespec until;

	flag_set(&p->r->stop);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += COMES_BACK_S;
	for (u32 i = 0; i < p->r->cpus; i++)
		if (pthread_timedjoin_np(p->w[i].id, NULL, &until) == ETIMEDOUT)
			lost_thread(p->r, i);
	pthread_barrier_destroy(&p->r->start);
}

/* Clocks and counts of the process at one moment. */
struct moment {
	u64 wall, cpu, switches, handovers;
	u64 n[MAX_CPU];
};

static void look(const struct bench_run *r, const struct bench_worker *w, struct moment *m)
{
	m->wall = clock_ns();
	m->cpu = bench_cpu_ns();
	m->switches = bench_switches();
	m->handovers = 0;
	for (u32 i = 0; i < r->n_places; i++)
		m->handovers += __atomic_load_n(&r->place[i].section.handovers, __ATOMIC_RELAXED);
	for (u32 i = 0; i < r->cpus; i++)
		m->n[i] = __atomic_load_n(&w[i].n, __ATOMIC_RELAXED);
}

/* What the threads did from @a to @b. */
static void rates(const struct bench_run *r, const struct moment *a, const struct moment *b,
                  double *out)
{
	double sum = 0, squares = 0, max = 0, min = INFINITY;
	double ns = (double)(b->wall - a->wall);

	for (u32 i = 0; i < r->cpus; i++) {
		double n = (double)(b->n[i] - a->n[i]);

		sum += n;
		squares += n * n;
		max = n > max ? n : max;
		min = n < min ? n : min;
	}
	out[LC_RATE] = sum / ns * 1e3;
	out[LC_NS] = sum > 0 ? ns / sum : NAN;
	out[LC_JAIN] = squares > 0 ? sum * sum / (r->cpus * squares) : NAN;
	out[LC_HANDS] = (double)(b->handovers - a->handovers) / ns * 1e3;
	out[LC_CPU] = sum > 0 ? (double)(b->cpu - a->cpu) / sum : NAN;
	out[LC_SWITCH] = sum > 0 ? (double)(b->switches - a->switches) / sum : NAN;
	out[LC_MAXMIN] = min > 0 ? max / min : NAN;
}

static double us(u64 ns)
{
	return (double)ns / 1e3;
}

/* What the sampled acquisitions took. */
static void waits(const struct bench_run *r, const struct bench_worker *w, double *out,
                  struct lock_seen *seen)
{
	u64 depth = 0, sampled = 0;
	struct hist wait = { 0 };

	for (u32 i = 0; i < r->cpus; i++)
		hist_merge(&wait, &w[i].wait);
	for (u32 i = 0; i < r->n_places; i++) {
		depth += r->place[i].section.depth;
		sampled += r->place[i].section.sampled;
	}
	out[LC_DEPTH] = sampled ? (double)depth / (double)sampled : NAN;
	out[LC_P50] = us(hist_quantile(&wait, 0.5));
	out[LC_P99] = us(hist_quantile(&wait, 0.99));
	out[LC_P999] = us(hist_quantile(&wait, 0.999));
	out[LC_MAX] = us(wait.max);
	hist_merge(&seen->wait, &wait);
}

static void stamped(const struct bench_run *r, const struct bench_worker *w, double *out,
                    struct lock_seen *seen)
{
	struct stamps_seen all = { .n = 0 };

	for (u32 i = 0; i < r->cpus; i++)
		stamps_merge(&all, &w[i].seen);
	/* Alone nobody hands over, and nobody is overtaken. */
	out[LC_PASS50] = all.hand.n ? us(hist_quantile(&all.hand, 0.5)) : NAN;
	out[LC_PASS99] = all.hand.n ? us(hist_quantile(&all.hand, 0.99)) : NAN;
	out[LC_OVERTAKEN] = all.n && r->cpus > 1 ? (double)all.overtaken / (double)all.n : NAN;
	out[LC_OVERTAKEN_MAX] = all.n && r->cpus > 1 ? (double)all.overtaken_max : NAN;
	hist_merge(&seen->hand, &all.hand);
	seen->met += all.met;
}

/* All threads have left: what they did and what came of it must be as much. */
static void count(const struct bench_run *r, const struct bench_worker *w, struct lock_seen *seen)
{
	u64 done = 0, counted = 0;

	for (u32 i = 0; i < r->cpus; i++)
		done += w[i].n;
	for (u32 i = 0; i < r->n_places; i++)
		counted += r->place[i].section.count;
	seen->n += done;
	seen->lost += done - counted;
}

static void *lines(size_t size)
{
	void *p;

	if (posix_memalign(&p, CACHE_LINE, size))
		exit(3);
	memset(p, 0, size);
	return p;
}

static struct bench_run *run_new(const struct subject *s, const struct lock_load *load)
{
	struct bench_run *r = lines(sizeof(*r));

	r->subject = s;
	r->cpus = load->cpus;
	r->n_places = load->places;
	r->section = load->section;
	r->think = load->think;
	for (u32 i = 0; i < r->n_places; i++) {
		r->place[i].index = i;
		r->place[i].section.last = ~0u;
		s->init(r, &r->place[i]);
	}
	return r;
}

void lock_run(const struct subject *s, const struct lock_load *load, double seconds, double *out,
              struct lock_seen *seen)
{
	struct bench_run *r = run_new(s, load);
	struct bench_worker *w = lines(load->cpus * sizeof(*w));
	struct phase p = { r, w, load, s->loop };
	struct moment a, b;

	for (u32 i = 0; i < load->cpus; i++) {
		w[i].run = r;
		w[i].cpu = i;
		w[i].rng.s = i;
		w[i].node = &w[i].first_node;
	}
	begin(&p);
	usleep(WARM_UP_US);
	look(r, w, &a);
	usleep((useconds_t)(seconds * 1e6));
	look(r, w, &b);
	end(&p);
	rates(r, &a, &b, out);
	waits(r, w, out, seen);
	p.fn = s->stamped;
	begin(&p);
	usleep((useconds_t)(seconds * stamped_share * 1e6));
	end(&p);
	stamped(r, w, out, seen);
	count(r, w, seen);
	for (u32 i = 0; i < r->n_places; i++)
		s->destroy(r, &r->place[i]);
	free(r);
	free(w);
}
