// SPDX-License-Identifier: GPL-2.0-only
#include "scenarios/kit_keep.h"

#include <stdlib.h>
#include <string.h>

/**
 * struct kit_kept - a piece of memory behind the other
 * @kit:  with its pointers
 * @bytes: [size]: CPUs, board's pages, what was stored there, own
 */
struct kit_kept {
	struct kit kit;
	size_t own_bytes;
	u8 bytes[];
};

/* Each piece: where it is, and how long. */
enum { PIECES = 4 };

struct piece {
	void *at;
	size_t n;
};

static void pieces(const struct kit *kit, size_t own_bytes, struct piece out[PIECES])
{
	const struct board *b = &kit->board;

	out[0] = (struct piece){ kit->cpu, kit->cpus * sizeof(*kit->cpu) };
	out[1] = (struct piece){ b->page, b->n_pages * sizeof(*b->page) };
	out[2] = (struct piece){ b->kept, b->n_pages * sizeof(*b->kept) };
	out[3] = (struct piece){ kit->own, own_bytes };
}

int kit_keep(struct kit_kept **out, const struct kit *kit, size_t own_bytes, struct err *e)
{
	struct piece p[PIECES];
	size_t size = sizeof(struct kit_kept);
	struct kit_kept *k = NULL;
	u8 *to;

	pieces(kit, own_bytes, p);
	for (u32 i = 0; i < PIECES; i++)
		size += p[i].n;
	if (posix_memalign((void **)&k, CACHE_LINE, size) != 0)
		return err_set(e, ERR_MEMORY, "no memory to keep what %s knows",
		               kit->scenario->name);
	k->kit = *kit;
	k->own_bytes = own_bytes;
	to = k->bytes;
	for (u32 i = 0; i < PIECES; i++) {
		if (p[i].n)
			memcpy(to, p[i].at, p[i].n);
		to += p[i].n;
	}
	*out = k;
	return 0;
}

void kit_return(struct kit *kit, const struct kit_kept *k)
{
	struct piece p[PIECES];
	const u8 *from = k->bytes;

	*kit = k->kit;
	pieces(kit, k->own_bytes, p);
	for (u32 i = 0; i < PIECES; i++) {
		if (p[i].n)
			memcpy(p[i].at, from, p[i].n);
		from += p[i].n;
	}
}

void kit_kept_free(struct kit_kept *k)
{
	free(k);
}
