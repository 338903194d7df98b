/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Scopes, compared. */
#include "sim/exec/scope.h"

/* What the two differ in, lines and names apart: "program 1", ...; NULL: nothing. */
const char *scope_differs(const struct scope *a, const struct scope *b, char *buf, size_t size);

/* What scope_print() writes: the caller's to free. */
char *scope_text(const struct scope *s);
/* The scope is what reading its print gives, and its print the same again.  NULL; or what is not. */
const char *scope_round_trip(const struct scope *s, char *buf, size_t size);
