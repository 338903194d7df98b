/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What hypsim doctor says of this build and this machine: items, each with a word of how it is. */
#include "sim/base/types.h"

#include <jansson.h>

enum doctor_state {
	DOCTOR_OK,
	DOCTOR_NOTE,  /* to be known; results can be trusted */
	DOCTOR_WRONG, /* results cannot be trusted, or there are none */
};

/**
 * struct doctor - items, in their order
 * @items: [{"name","state","says","values":{...}}]; "says" has why where it is not ok
 * @wrong: there is one that is DOCTOR_WRONG
 */
struct doctor {
	json_t *items;
	bool wrong;
};

/* @values is taken; "says", printf-like, is a line. */
void doctor_add(struct doctor *d, const char *name, enum doctor_state state, json_t *values,
                const char *says, ...) PRINTF(5, 6);
const char *doctor_state_name(enum doctor_state state);

/* The build: what it was compiled with and by, whether its sanitizer sees what it is there for, and a small run. */
void doctor_build(struct doctor *d);
/* The machine: cores, memory, addresses, clocks, what waiting costs; @folder is where logs will be. */
void doctor_host(struct doctor *d, const char *folder);

/*
 * What a child process of doctor does, and its sanitizer must report: "race", "overflow".  Returns the exit status of the child; 2: there
 * is no such thing.
 */
int doctor_provoke(const char *what);
