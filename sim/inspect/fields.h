/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Named values of a record, for programs and for people: {"now":1,"queue":[2,3]} or now 1, queue [2 3].  Names and words
 * are printed as they are: they hold no quote and no backslash.
 */
#include "sim/base/types.h"

#include <stdio.h>

/**
 * struct fields - where the next value goes
 * @n: values so far, in the record or in the open list
 */
struct fields {
	FILE *f;
	bool json;
	u32 n;
};

void fields_begin(struct fields *o, FILE *f, bool json);
void fields_end(struct fields *o);
void fields_number(struct fields *o, const char *name, u64 v);
/* @word NULL: null in JSON, "none" for people. */
void fields_word(struct fields *o, const char *name, const char *word);

/* A list: begin, its items, end.  A record holds the list, not the other way round. */
void fields_list_begin(struct fields *o, const char *name);
void fields_item(struct fields *o, u64 v);
void fields_item_word(struct fields *o, const char *word);
void fields_list_end(struct fields *o);
