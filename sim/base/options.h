/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

struct argp;

/*
 * Before argp_parse(): a long option that @a does not know is an error that names the nearest one and ends the process with
 * argp_err_exit_status.  --man, as the only one, prints the page for man (sim/base/man.h) and ends the process; --completion the rows
 * for the shells (sim/base/option_rows.h).
 */
void options_known(const struct argp *a, int argc, char **argv);
