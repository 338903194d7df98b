/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "bench/results.h"

/*
 * Print what the rows of @now are to those of @before with the same name: the ratio of the medians of each figure, and the interval in
 * which it lies if each median is anywhere between the smallest and the largest measurement of its own file.  A ratio whose interval
 * does not hold 1 is beyond noise.  All rows of one column, or, @column NULL, of the first one of each table.  Rows that only one file
 * has, or that are not valid, are told.  Returns how many ratios were told.
 */
u32 compare_print(FILE *f, const struct results *before, const struct results *now,
                  const char *column, enum table_form form);
