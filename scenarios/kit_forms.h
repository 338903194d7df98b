/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Illegal forms of operations that a side of an erratum alone has. */
#include "sim/base/errata.h"

/* With these sides, is there such a form of the operation? */
bool kit_form_is(const struct errata *errata, const char *operation, const char *form);

/* The rows of kit_forms.def, *form the second name of number @i; NULL: beyond the last. */
const char *kit_form_row(u32 i, const char **form);
