/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Bytes of a body's stack on fibers: sanitizers need most of them; pages come when they are touched. */
enum { VEHICLE_STACK = 256 * 1024 };
