/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * From here on standard output, if that is a terminal, goes to a pager: $HYPSIM_PAGER, else $PAGER, else less where there is one; empty or "cat":
 * none.  The process ends when the pager does.  Whoever leaves the pager early closes a pipe: the command ends as it does then.
 */
void pager_begin(void);
