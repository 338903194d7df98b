/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "sim/base/types.h"

enum err_code {
	ERR_NONE,
#define ERR(id, status, sentence) ERR_##id,
#include "sim/base/err.def"
	ERR_NR
};

/**
 * struct err - why a host-side call failed
 * @code: the row of err.def
 * @msg:  one line for a person, outermost context first: "check: log.hlog: chunk 3: checksum differs"
 */
struct err {
	enum err_code code;
	char msg[512];
};

/* Fill *e; returns -code, so that a caller can write `return err_set(e, ERR_OPEN, ...)`. */
int err_set(struct err *e, enum err_code code, const char *fmt, ...) PRINTF(3, 4);

/*
 * The same for a system call that failed with errno @number: the row is @code, unless the number says that the host has no
 * room or no more of something; "context: what the host says".  Returns the negative row.
 */
int err_host(struct err *e, enum err_code code, int number, const char *fmt, ...) PRINTF(4, 5);

/* Put "context: " in front of the message; returns -code. */
int err_wrap(struct err *e, const char *fmt, ...) PRINTF(2, 3);

/* The exit status of a row: 2 or 3; 130: a signal. */
int err_status(enum err_code code);

/* Of two exit statuses that both apply: 1, a violation, wins; then the higher one. */
int status_worse(int a, int b);

const char *err_name(enum err_code code);
const char *err_sentence(enum err_code code);
