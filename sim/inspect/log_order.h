/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The graph of lock orders: which lock was asked for while which was held; and where it has cycles. */
#include "sim/log/source.h"

#include <stdio.h>

/* ORDER_DOT: for graphviz; edges of a cycle are red. */
enum order_form { ORDER_TEXT, ORDER_DOT, ORDER_JSON };

struct log_index;

/* Print the graph of a whole log, whose index is @ix, or NULL.  < 0: the source's error; what was read until then is printed. */
MUST_CHECK int log_order(struct log_source *s, struct log_index *ix, const char *path,
                         enum order_form form, FILE *f, struct err *e);
