/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What an operation did, against the effect that it must have. */
#include "oracle/spec/effect.h"

/**
 * struct did_flat - a change of flat memory
 * @holds: what the frame of the effect held behind it
 * @other: another frame that it changed; INVALID64: none
 * @held:  the operation's own locks then, bits
 */
struct did_flat {
	u64 holds, other, held;
};

/* A register that changed. */
struct did_reg {
	bool saved;
	u16 vmid, vcpuid, reg;
	u64 value;
};

/**
 * struct did - what an operation did itself
 * @change: [n_changes] of its own pushes; those of flat memory say nothing here
 * @took:   [n_took] values from outside; @knows_outside: all that it took
 * @flat:   [n_flat] its changes of flat memory; @knows_flat: what that holds is known
 * @kept:   locks (bits) that it was inside at its end
 * @reg:    all that changed, and those of the effect as they are behind it; @knows_regs: they are known
 */
struct did {
	u32 n_changes, n_flat, n_took, n_regs, n_devices, n_nested;
	const struct change *change;
	const struct did_flat *flat;
	const struct took *took;
	const struct did_reg *reg;
	const struct want_device *device;
	u64 kept, result;
	bool halted, knows_regs, knows_flat, knows_outside;
};

enum differs {
	DIFFERS_NOT,
	DIFFERS_STUCK,    /* the pages have no such step */
	DIFFERS_HALT,     /* it halts, or does not, and should otherwise */
	DIFFERS_KEPT,     /* it halts with other locks */
	DIFFERS_NESTED,   /* operations inside it are others */
	DIFFERS_EFFECT,   /* a change */
	DIFFERS_FLAT,     /* flat memory */
	DIFFERS_TAKEN,    /* values from outside */
	DIFFERS_REGISTER, /* registers, of the CPU, a context, or a device */
	DIFFERS_RESULT,
	DIFFERS_NR
};

/**
 * struct differing - what differs, as values
 * @n, @value: what it should be and what it is; numbers unless @hex
 * @placed: @place says where it is: kind, lk, field, who, at
 */
struct differing {
	u32 n;
	struct {
		const char *name;
		u64 should, is;
		bool hex;
	} value[4];
	bool placed;
	struct change place;
};

/*
 * The first difference, in the order of enum differs; @op: what it is an effect of.  @buf: "frame 0x210 should be owner 1, is owner
 * 0"; "" when there is none.  @out: the same as values; may be NULL.
 */
enum differs effect_differs(enum hyp_op op, const struct effect *want, const struct did *did,
                            struct differing *out, char *buf, size_t size);
