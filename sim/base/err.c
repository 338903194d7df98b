// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/err.h"

#include "sim/base/check.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	int status;
	const char *sentence;
} rows[ERR_NR] = {
	[ERR_NONE] = { "NONE", 0, "no error" },
#define ERR(id, st, text) [ERR_##id] = { #id, st, text },
#include "sim/base/err.def"
};

int err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	SIM_ASSERT(code > ERR_NONE && code < ERR_NR);
	e->code = code;
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	return -(int)code;
}

int err_host(struct err *e, enum err_code code, int number, const char *fmt, ...)
{
	char text[128];
	va_list ap;
	int n;

	if (number == EMFILE || number == ENFILE || number == EAGAIN)
		code = ERR_HOST;
	else if (number == ENOMEM)
		code = ERR_MEMORY;
	else if (number == ENOSPC || number == EDQUOT || number == EFBIG || number == EIO)
		code = ERR_DISK;
	else if (number == EINTR)
		code = ERR_INTERRUPT;
	SIM_ASSERT(code > ERR_NONE && code < ERR_NR);
	e->code = code;
	va_start(ap, fmt);
	n = vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof(e->msg))
		snprintf(e->msg + n, sizeof(e->msg) - (size_t)n, ": %s",
		         strerror_r(number, text, sizeof(text)));
	return -(int)code;
}

int err_wrap(struct err *e, const char *fmt, ...)
{
	char inner[sizeof(e->msg)];
	va_list ap;
	int n;

	SIM_ASSERT(e->code != ERR_NONE);
	memcpy(inner, e->msg, sizeof(inner));
	va_start(ap, fmt);
	n = vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof(e->msg))
		snprintf(e->msg + n, sizeof(e->msg) - (size_t)n, ": %.*s",
		         (int)(sizeof(e->msg) - (size_t)n), inner);
	return -(int)e->code;
}

int err_status(enum err_code code)
{
	SIM_ASSERT(code < ERR_NR);
	return rows[code].status;
}

int status_worse(int a, int b)
{
	enum { VIOLATION = 1 };

	if (a == VIOLATION || b == VIOLATION)
		return VIOLATION;
	return a > b ? a : b;
}

const char *err_name(enum err_code code)
{
	SIM_ASSERT(code < ERR_NR);
	return rows[code].name;
}

const char *err_sentence(enum err_code code)
{
	SIM_ASSERT(code < ERR_NR);
	return rows[code].sentence;
}
