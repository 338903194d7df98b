/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What 'hypsim list' says of the options of explore and replay. */
struct list_rows;

void list_explore_options(struct list_rows *r);
void list_replay_options(struct list_rows *r);
