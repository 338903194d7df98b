// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit_log.h"

#include "tests/kit.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	char letter;
	enum event_kind kind;
} letters[] = {
	{ 'I', EV_INC_TICKET }, { 'G', EV_GET_NOW },   { 'H', EV_HOLD_LOCK }, { 'N', EV_INC_NOW },
	{ 'C', EV_CAS_TICKET }, { 'W', EV_WAIT_LOCK }, { 'R', EV_REL_LOCK },  { 'P', EV_OPULL },
	{ 'D', EV_OCORE_DATA }, { 'S', EV_OS2_PAGE },  { 'T', EV_ONPT },      { 'V', EV_OVMINFO },
	{ 'U', EV_OSPT },       { 'M', EV_OSMMU },     { 'F', EV_OFLATMEM },
};

static enum event_kind kind_of(char letter)
{
	for (u32 i = 0; i < ARRAY_SIZE(letters); i++)
		if (letters[i].letter == letter)
			return letters[i].kind;
	return EV_NONE;
}

/* One token at *p, which moves behind it; gives how often it stands for. */
static u32 token(const char **p, struct event *e)
{
	char *end;
	u32 times = 1;

	*e = (struct event){ .cpu = (u8)strtoul(*p, &end, 10) };
	assert_true(end > *p);
	e->kind = (u8)kind_of(*end);
	assert_int_not_equal(e->kind, EV_NONE);
	end++;
	if (isdigit((unsigned char)*end)) /* strtoul would run over a space into the next token */
		e->arg = (u32)strtoul(end, &end, 10);
	if (*end == '*')
		times = (u32)strtoul(end + 1, &end, 10);
	assert_true(*end == ' ' || *end == 0);
	*p = end + strspn(end, " ");
	return times;
}

u32 kit_log(const char *log, struct event *out, u32 max)
{
	u32 n = 0;

	while (*log) {
		struct event e;

		for (u32 times = token(&log, &e); times > 0; times--) {
			assert_true(n < max);
			out[n++] = e;
		}
	}
	return n;
}
