/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The rules of a SARIF run: checks, and the words of rules.def. */
#include <jansson.h>
#include <stddef.h>

/* The number of rule @name in @rules, where it is put if it is not there. */
size_t sarif_rule(json_t *rules, const char *name);
/* A case was judged: if it is one of a rule, the rule is there, whether something was found or not. */
void sarif_rule_of_case(json_t *rules, const char *name);
