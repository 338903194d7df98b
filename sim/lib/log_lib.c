// SPDX-License-Identifier: GPL-2.0-only
/* libhypsim-log: include/hypsim/log.h over the log's writers. */
#include "include/hypsim/log.h"

#include "sim/log/write/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert((int)HYPSIM_LOG_THREADS == (int)MAX_CPU, "streams of a log");
_Static_assert((int)HYPSIM_LOG_LOCKS == (int)ID_END - 1, "locks of a log, flat memory left out");

/* Written by one thread at each of its steps: a line of its own. */
struct looked {
	_Alignas(CACHE_LINE) u64 at;
};

/**
 * struct hypsim_log
 * @looked: [thread] locks (bits) at whose words the thread has looked since it took its ticket
 */
struct hypsim_log {
	struct log_config config;
	struct log *log;
	struct looked looked[HYPSIM_LOG_THREADS];
};

/* A call that cannot be is a mistake of the program, and no record can say it. */
static __attribute__((noreturn, cold, noinline)) void misuse(const char *call, const char *what,
                                                             uint64_t is, uint64_t first,
                                                             uint64_t last)
{
	fprintf(stderr,
	        "libhypsim-log: %s: %s %" PRIu64 ", which is none of %" PRIu64 "..%" PRIu64 "\n",
	        call, what, is, first, last);
	abort();
}

/* The stream of @thread; NULL: there is no room for more of it. */
static inline struct log_writer *writer_of(struct hypsim_log *l, unsigned thread, const char *call)
{
	struct log_writer *w;

	if (unlikely(thread >= l->config.cpus))
		misuse(call, "thread", thread, 0, l->config.cpus - 1);
	w = log_writer(l->log, thread);
	return likely(log_on(w)) && likely(!flag_get(&l->log->slots.failed)) ? w : NULL;
}

/* The same, for a step at lock @lock. */
static inline struct log_writer *writer_at(struct hypsim_log *l, unsigned thread, unsigned lock,
                                           const char *call)
{
	if (unlikely(lock - 1 >= HYPSIM_LOG_LOCKS))
		misuse(call, "lock", lock, 1, HYPSIM_LOG_LOCKS);
	return writer_of(l, thread, call);
}

static int told(int rc, const struct err *e, char error[HYPSIM_ERROR_BYTES])
{
	if (rc == 0)
		return 0;
	(void)snprintf(error, HYPSIM_ERROR_BYTES, "%s", e->msg);
	return err_status(e->code);
}

static int take_names(struct log_config *c, const struct hypsim_log_options *o, struct err *e)
{
	for (unsigned i = 0; i < o->n_operations; i++) {
		const char *name = o->operation && o->operation[i] ? o->operation[i] : "";

		if (log_config_op(c, name, strlen(name)) != (int)i)
			return err_set(e, ERR_USAGE,
			               "operation %u: \"%s\" is no name, or is there twice", i,
			               name);
	}
	if (o->n_locks > HYPSIM_LOG_LOCKS)
		return err_set(e, ERR_USAGE, "%u locks, and a log has %d at most", o->n_locks,
		               HYPSIM_LOG_LOCKS);
	for (unsigned i = 0; o->lock && i < o->n_locks; i++) {
		if (!o->lock[i] || !o->lock[i][0])
			continue;
		if (!lock_names_put(&c->locks, i + 1, o->lock[i]))
			return err_set(e, ERR_USAGE,
			               "lock %u: \"%s\" is no name, or is there twice", i + 1,
			               o->lock[i]);
	}
	return 0;
}

static bool printable(const char *s)
{
	for (; *s; s++)
		if (*s < ' ' || *s > '~')
			return false;
	return true;
}

static int take_options(struct log_config *c, const struct hypsim_log_options *o, struct err *e)
{
	const char *program = o->program ? o->program : "program";

	if (o->threads < 1 || o->threads > HYPSIM_LOG_THREADS) {
		log_config_init(c, 1);
		return err_set(e, ERR_USAGE, "%u threads, which is none of 1..%d", o->threads,
		               HYPSIM_LOG_THREADS);
	}
	log_config_init(c, o->threads);
	c->locks.program = true;
	if (!program[0] || strlen(program) >= sizeof(c->scenario) || !printable(program))
		return err_set(e, ERR_USAGE,
		               "program: a name of 1 to %zu printable characters of ASCII is "
		               "wanted",
		               sizeof(c->scenario) - 1);
	memcpy(c->scenario, program, strlen(program) + 1);
	c->lock_bound = o->bound ? o->bound : LOCK_BOUND;
	c->barriers = o->barriers;
	c->timestamps = o->timestamps;
	return take_names(c, o, e);
}

int hypsim_log_open(struct hypsim_log **log, const char *path,
                    const struct hypsim_log_options *options, char error[HYPSIM_ERROR_BYTES])
{
	struct hypsim_log *l = aligned_alloc(CACHE_LINE, sizeof(*l));
	struct err e = { .code = ERR_NONE };
	int rc;

	*log = NULL;
	if (!l) {
		(void)snprintf(error, HYPSIM_ERROR_BYTES, "%s: no memory", path);
		return err_status(ERR_MEMORY);
	}
	memset(l, 0, sizeof(*l));
	rc = take_options(&l->config, options, &e);
	if (rc == 0)
		rc = log_create_file(&l->log, &l->config, path, options->overwrite, &e);
	if (rc < 0) {
		log_config_free(&l->config);
		free(l);
		return told(rc, &e, error);
	}
	for (u32 c = 0; c < l->config.cpus; c++)
		log_episode(log_writer(l->log, c), 0, 0, 0);
	*log = l;
	return 0;
}

int hypsim_log_close(struct hypsim_log *l, char error[HYPSIM_ERROR_BYTES])
{
	struct err e = { .code = ERR_NONE };
	int rc = log_close(l->log, true, &e);

	log_free(l->log);
	log_config_free(&l->config);
	free(l);
	return told(rc, &e, error);
}

void hypsim_log_inc_ticket(struct hypsim_log *l, unsigned thread, unsigned lock, uint64_t word)
{
	struct log_writer *w = writer_at(l, thread, lock, __func__);

	if (!w)
		return;
	l->looked[thread].at &= ~(1ull << lock);
	log_inc_ticket(w, lock, word, l->config.lock_bound);
}

void hypsim_log_acquire(struct hypsim_log *l, unsigned thread, unsigned lock, uint64_t word)
{
	struct log_writer *w = writer_at(l, thread, lock, __func__);

	if (w)
		log_acquire(w, lock, word, l->config.lock_bound);
}

void hypsim_log_get_now(struct hypsim_log *l, unsigned thread, unsigned lock, uint64_t word)
{
	struct log_writer *w = writer_at(l, thread, lock, __func__);

	if (!w)
		return;
	/* The proofs count looks that see something new. */
	if (l->looked[thread].at >> lock & 1 && word_now(word) == word_now(w->known[lock]))
		return;
	l->looked[thread].at |= 1ull << lock;
	log_get_now(w, lock, word);
}

void hypsim_log_hold_lock(struct hypsim_log *l, unsigned thread, unsigned lock)
{
	struct log_writer *w = writer_at(l, thread, lock, __func__);

	if (w)
		log_hold_lock(w, lock);
}

void hypsim_log_inc_now(struct hypsim_log *l, unsigned thread, unsigned lock, uint64_t word)
{
	struct log_writer *w = writer_at(l, thread, lock, __func__);

	if (w)
		log_inc_now(w, lock, word);
}

void hypsim_log_acquired(struct hypsim_log *l, unsigned thread, unsigned lock, uint32_t number)
{
	struct log_writer *w = writer_at(l, thread, lock, __func__);

	if (w)
		log_wait_lock(w, lock, number, l->config.lock_bound);
}

void hypsim_log_released(struct hypsim_log *l, unsigned thread, unsigned lock, uint32_t number)
{
	struct log_writer *w = writer_at(l, thread, lock, __func__);

	if (w)
		log_rel_lock(w, lock, number);
}

void hypsim_log_pull(struct hypsim_log *l, unsigned thread, unsigned lock)
{
	struct log_writer *w = writer_at(l, thread, lock, __func__);

	if (w)
		log_shared(w, lock, true);
}

void hypsim_log_push(struct hypsim_log *l, unsigned thread, unsigned lock)
{
	struct log_writer *w = writer_at(l, thread, lock, __func__);

	if (w)
		log_shared(w, lock, false);
}

void hypsim_log_barrier(struct hypsim_log *l, unsigned thread)
{
	struct log_writer *w = writer_of(l, thread, __func__);

	if (w)
		log_barrier(w);
}

void hypsim_log_begin(struct hypsim_log *l, unsigned thread, unsigned operation, unsigned n,
                      const uint64_t *args)
{
	struct log_writer *w = writer_of(l, thread, __func__);
	u64 all[1 + HYPSIM_LOG_ARGS] = { operation };

	if (operation >= l->config.n_ops)
		misuse(__func__, "operation", operation, 0, (uint64_t)l->config.n_ops - 1);
	if (n > (args ? HYPSIM_LOG_ARGS : 0))
		misuse(__func__, "a number of arguments", n, 0, args ? HYPSIM_LOG_ARGS : 0);
	for (unsigned i = 0; i < n; i++)
		all[1 + i] = args[i];
	if (w)
		log_mark(w, MARK_BEGIN, 1 + n, all);
}

void hypsim_log_end(struct hypsim_log *l, unsigned thread, uint64_t result)
{
	struct log_writer *w = writer_of(l, thread, __func__);
	u64 arg = result;

	if (w)
		log_mark(w, MARK_END_OP, result ? 1 : 0, &arg);
}

const char *hypsim_log_version(void)
{
	return HYPSIM_VERSION;
}
