/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The options of a command that say what events are to be about. */
#include "sim/inspect/about.h"

#include <argp.h>

enum { LOG_KEY_PFN = 600, LOG_KEY_VM, LOG_KEY_VCPU, LOG_KEY_BANK, LOG_KEY_CELL, LOG_KEY_ARG };

/* Rows of these options. */
#define LOG_ABOUT_ROWS                                                                                \
	{ "pfn",                                                                                      \
	  LOG_KEY_PFN,                                                                                \
	  "P,...",                                                                                    \
	  0,                                                                                          \
	  "only what is about these page frames: their records, "                                     \
	  "contents, entries and arguments that name them",                                           \
	  0 },                                                                                        \
		{ "vm",                                                                               \
		  LOG_KEY_VM,                                                                         \
		  "N,...",                                                                            \
		  0,                                                                                  \
		  "only what is about these VMs (0: the host): steps on the locks of their "          \
		  "tables "                                                                           \
		  "and records, owners, arguments",                                                   \
		  0 },                                                                                \
		{ "vcpu", LOG_KEY_VCPU, "V,I", 0, "only what is about vCPU I of VM V", 0 },           \
		{ "bank", LOG_KEY_BANK, "I,C", 0, "only what is about context bank C of SMMU I", 0 }, \
		{ "cell", LOG_KEY_CELL, "'OBJECT FIELD[I]'", 0, "only changes of this cell", 0 },     \
	{                                                                                             \
		"arg", LOG_KEY_ARG, "[NAME=]VALUE", 0,                                                \
			"only marks that have this argument, of this name or of any", 0               \
	}

/* One of these options: into @a.  ARGP_ERR_UNKNOWN: @key is none of them. */
error_t log_parse_about(int key, char *arg, struct argp_state *state, struct about *a);

/* "1,3", the SMMU and its bank: smmu_id().  Anything else ends the process with status 2. */
u64 log_parse_bank(struct argp_state *state, const char *s);
