/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What a log begins with: the machine's configuration and the initial contents of its objects.  On disk it is one JSON
 * object in the header (docs/log-format.md); in the text form the same object after "#! config ".
 */
#include "shmem/obj/fixed_types.h"
#include "sim/base/err.h"
#include "sim/base/errata.h"
#include "sim/base/types.h"
#include "sim/log/event.h"
#include "sim/log/lock_names.h"

/**
 * struct init_row - initial contents: cells first..last of a field of object @obj
 * @d:    d.both, d.old = 0; the first cell holds @d.new
 * @step: each cell holds so much more than the one before, mod 2^64; 0: all hold @d.new
 */
struct init_row {
	u32 obj;
	struct diff d;
	u64 step;
};

/* Write what the row says; @o is its object.  The row's field and indices are the object's. */
void init_row_apply(const struct init_row *row, struct obj *o);

struct log_config {
	u32 cpus;       /* streams: 1..MAX_CPU */
	u32 total_cpu;  /* TOTAL_CPU of the machine */
	u32 fairness;   /* [CalLock.fairness], larger above ten CPUs */
	u32 lock_bound; /* [CalLock.lock_bound] */
	u32 start_ticket,
		start_now; /* every lock word at the start of an episode; equal in a machine's log */
	u64 seed;
	u64 guest_base,
		guest_span; /* of the data oracle: struct data_oracle; both 0: values are the seed's */
	bool machine; /* a machine's log: lock numbers 0..ID_END-1 (a bare text log may have any) */
	bool barriers;   /* barrier marks are recorded: the barrier protocol can be judged */
	bool keep_reads; /* repeated reads are kept: fairness is not judged */
	bool tlb; /* each CPU has a translation buffer: tables' changes ask for invalidations */
	bool timestamps;
	bool digests; /* pulls and pushes carry digests */
	char scenario[64];
	u32 n_ops;
	char **op_names; /* [n_ops] names of operations; a BEGIN mark's arg is an index */
	u32 n_init;
	struct init_row *init;   /* [n_init] */
	struct lock_names locks; /* of a program that is not the hypervisor */
	struct errata errata;    /* which side of each slip the machine follows */
	struct fixed fixed; /* memory regions and SMMUs; none of either: a machine without memory */
	/* JSON object: options of the scenario and of the run; NULL: none.  Owned. */
	char *extra_json;
	/* Keys "x-..." that this version does not know and does not need: their names, and a JSON object of them; NULL: none. */
	u32 n_unknown;
	char **unknown; /* [n_unknown] */
	char *unknown_json;
};

/* Defaults for @cpus CPUs: fairness and TOTAL_CPU as the number of CPUs asks, everything else zero or off. */
void log_config_init(struct log_config *c, u32 cpus);
void log_config_free(struct log_config *c);

/* The log's data oracle; @value: oracle/data.h. */
static inline struct data_oracle log_config_oracle(const struct log_config *c,
                                                   u64 (*value)(u64 seed, vmid_t vmid, u64 n))
{
	return (struct data_oracle){ value, c->seed, c->guest_base, c->guest_span };
}

/* The JSON object, one line, malloc'ed.  Never NULL. */
char *log_config_to_json(const struct log_config *c);

/*
 * Parse @len bytes of JSON into *c.  Unknown keys are an error (ERR_CONFIG names the key) unless they begin with "x-", which
 * are kept, as are values out of range: the reader trusts no field.  On error *c needs no free.
 */
MUST_CHECK int log_config_from_json(struct log_config *c, const char *json, size_t len,
                                    struct err *e);

/* The same of a text log, which may leave out how many CPUs there are: @cpus, 1..MAX_CPU. */
MUST_CHECK int log_config_from_text(struct log_config *c, const char *json, size_t len, u32 cpus,
                                    struct err *e);

/*
 * The number of the operation of this name (@len bytes), which is added when it is new; -1: it is no name (a letter or '_',
 * then letters, digits, "_.:-"), or there are too many.  For logs that say what they do, and not beforehand what there is.
 */
int log_config_op(struct log_config *c, const char *name, size_t len);
