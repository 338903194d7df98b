/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Threads for judging recorded logs: several logs at once, or one log on two cores. */
#include "oracle/report/check_crew.h"

extern const struct check_crew run_crew;
