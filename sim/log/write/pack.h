/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Varints on their way into a record: collected in a register, and as soon as there are seven bytes of them, in a MORE record.
 * A buffer in memory, written bytewise and read in words, would stall the processor at each reading.
 */
#include "sim/log/write/writer.h"

/**
 * struct pack - what is not in the stream yet
 * @bytes: [n] 0..6, the first one lowest; the others 0
 * @more:  some are in MORE records already
 */
struct pack {
	u64 bytes;
	u32 n;
	bool more;
};

static inline __attribute__((always_inline)) void pack_more(struct log_writer *w, struct pack *p,
                                                            u32 n)
{
	log_put(w, OP_MORE | (u64)n << 4 | p->bytes << 8, n + 1);
	p->more = true;
}

/* The low @n bytes of @x, 1..8; the others are 0. */
static inline __attribute__((always_inline)) void pack_bytes(struct log_writer *w, struct pack *p,
                                                             u64 x, u32 n)
{
	u32 took = 7 - p->n;

	p->bytes |= x << 8 * p->n;
	if (p->n + n < 7) {
		p->n += n;
		return;
	}
	pack_more(w, p, 7);
	p->bytes = x >> 8 * took;
	p->n = n - took;
	if (p->n == 7) {
		pack_more(w, p, 7);
		p->bytes = 0;
		p->n = 0;
	}
}

/* As varint_put() has it. */
static inline __attribute__((always_inline)) void pack_varint(struct log_writer *w, struct pack *p,
                                                              u64 v)
{
	u64 x = v & 0x00ffffffffffffffull;

	if (v < 0x80) {
		pack_bytes(w, p, v, 1);
		return;
	}
	/* Eight groups of seven bits, each in a byte of its own. */
	x = (x & 0x000000000fffffffull) | (x & 0x00fffffff0000000ull) << 4;
	x = (x & 0x00003fff00003fffull) | (x & 0x0fffc0000fffc000ull) << 2;
	x = (x & 0x007f007f007f007full) | (x & 0x3f803f803f803f80ull) << 1;
	if (v >> 56) {
		pack_bytes(w, p, x | 0x8080808080808080ull, 8);
		pack_bytes(w, p, v >> 56 | (v >> 63) << 8, v >> 63 ? 2 : 1);
	} else {
		u32 n = (u32)(63 - __builtin_clzll(x)) / 8 + 1;

		pack_bytes(w, p, x | (0x8080808080808080ull & ((1ull << 8 * (n - 1)) - 1)), n);
	}
}

/* All of it into MORE records. */
static inline void pack_flush(struct log_writer *w, struct pack *p)
{
	if (p->n)
		pack_more(w, p, p->n);
	p->bytes = 0;
	p->n = 0;
}
