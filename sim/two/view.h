/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A machine at rest, as observations read it. */
#include "oracle/obs/view.h"
#include "sim/machine/machine.h"

/* *out is good until the machine is freed; what CPUs run is that of now. */
void two_view(struct obs_view *out, const struct machine *m);
