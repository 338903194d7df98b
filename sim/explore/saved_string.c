// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/rng.h"
#include "sim/base/vec.h"
#include "sim/explore/saved.h"

#include <string.h>

static const char prefix[] = "hyp1.";
static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

enum {
	CHECKSUM = 4,
	FLAG_STRICT = 1,
	FLAG_CELLS = 2,
	FLAG_FRAMES = 4,
	FLAG_FINER = 8,
	FLAG_CONTEXTS = 16
};

struct packed {
	u8 *v;
	u32 n, cap;
};

static void put(struct packed *b, u64 n)
{
	for (; n >= 0x80; n >>= 7)
		vec_push(b, (u8)(n | 0x80));
	vec_push(b, (u8)n);
}

static void put_fixed(struct packed *b, u64 n, u32 size)
{
	for (u32 i = 0; i < size; i++)
		vec_push(b, (u8)(n >> 8 * i));
}

static u32 sum(const u8 *v, u32 n)
{
	u64 h = SAVED_VERSION;

	for (u32 i = 0; i < n; i++)
		h = mix64(h + v[i]);
	return (u32)h;
}

/* A different kind and object. */
struct pair {
	u8 kind;
	u32 object;
};

struct pairs {
	struct pair *v;
	u32 n, cap;
};

static u32 pair_of(struct pairs *p, const struct step *s)
{
	u32 i = 0;

	while (i < p->n && (p->v[i].kind != s->kind || p->v[i].object != s->object))
		i++;
	if (i == p->n)
		vec_push(p, ((struct pair){ s->kind, s->object }));
	return i;
}

static u32 cpus_of(const struct schedule *s)
{
	u32 n = 1;

	for (u32 i = 0; i < s->n; i++)
		n = s->v[i].step.cpu >= n ? s->v[i].step.cpu + 1u : n;
	return n;
}

static void put_steps(struct packed *b, const struct schedule *s, struct pairs *p)
{
	u32 call[EXPLORE_CPUS] = { 0 }, cpus = cpus_of(s);

	put(b, cpus);
	put(b, s->n);
	for (u32 i = 0; i < s->n; i++) {
		const struct scheduled *v = &s->v[i];
		u32 *last = &call[v->step.cpu];
		u64 n = (u64)pair_of(p, &v->step) * cpus + v->step.cpu;

		put(b, n << 1 | (v->call != *last));
		if (v->call != *last)
			put(b, (u64)v->call - *last);
		*last = v->call;
	}
}

static char *base64(const struct packed *b)
{
	char *text = xcalloc(1, sizeof(prefix) + ((size_t)b->n + 2) / 3 * 4), *p = text;
	u32 have = 0, word = 0;

	memcpy(p, prefix, sizeof(prefix) - 1);
	p += sizeof(prefix) - 1;
	for (u32 i = 0; i < b->n; i++) {
		word = word << 8 | b->v[i];
		for (have += 8; have >= 6; have -= 6)
			*p++ = digits[word >> (have - 6) & 63];
	}
	if (have)
		*p++ = digits[word << (6 - have) & 63];
	return text;
}

/* Is there anything to say of the grain? */
static bool finer(const struct grain_known *k)
{
	return (k->grain != GRAIN_DEFAULT && k->grain != GRAIN_LOCK) || k->looked || k->raced;
}

static u8 flags(const struct saved *k)
{
	bool cells = k->known.depend == DEPEND_CELLS;

	return (u8)((k->strict ? FLAG_STRICT : 0) | (cells ? FLAG_CELLS : 0) |
	            (k->known.frames ? FLAG_FRAMES : 0) | (finer(&k->known) ? FLAG_FINER : 0) |
	            (k->known.contexts ? FLAG_CONTEXTS : 0));
}

char *saved_string(const struct saved *k)
{
	struct packed b = { .n = 0 };
	struct pairs p = { .n = 0 };
	char *text;

	vec_push(&b, flags(k));
	put_fixed(&b, k->hash, 8);
	if (k->known.depend == DEPEND_CELLS) {
		put(&b, k->known.long_locks);
		put(&b, k->known.data);
		put(&b, k->known.core);
	}
	if (finer(&k->known)) {
		put(&b, k->known.grain);
		put(&b, k->known.looked);
		put(&b, k->known.raced);
	}
	if (k->known.contexts)
		put(&b, k->known.contexts);
	put(&b, strlen(k->verdict));
	for (const char *c = k->verdict; *c; c++)
		vec_push(&b, (u8)*c);
	for (u32 i = 0; i < k->schedule.n; i++)
		pair_of(&p, &k->schedule.v[i].step);
	put(&b, p.n);
	for (u32 i = 0; i < p.n; i++) {
		put(&b, p.v[i].kind);
		put(&b, p.v[i].object);
	}
	put_steps(&b, &k->schedule, &p);
	put_fixed(&b, sum(b.v, b.n), CHECKSUM);
	text = base64(&b);
	vec_free(&b);
	vec_free(&p);
	return text;
}

/* ---- back ---- */

/* What is read; @bad: more was asked for than there is, or a number is too large. */
struct reading {
	const u8 *v;
	u32 n, at;
	bool bad;
};

static u64 get(struct reading *r, u64 max)
{
	u64 n = 0;

	for (u32 shift = 0; shift < 64 && r->at < r->n; shift += 7) {
		u8 byte = r->v[r->at++];

		n |= (u64)(byte & 0x7f) << shift;
		if (byte & 0x80)
			continue;
		r->bad |= n > max;
		return n > max ? 0 : n;
	}
	r->bad = true;
	return 0;
}

static u64 get_fixed(struct reading *r, u32 size)
{
	u64 n = 0;

	for (u32 i = 0; i < size && r->at < r->n; i++)
		n |= (u64)r->v[r->at++] << 8 * i;
	return n;
}

static int unbase64(const char *text, struct packed *b, struct err *e)
{
	u32 have = 0, word = 0;

	for (const char *p = text; *p; p++) {
		const char *digit = strchr(digits, *p);

		if (!digit)
			return err_set(e, ERR_TEXT,
			               "schedule: character %zu, '%c', is not of base64url",
			               (size_t)(p - text) + sizeof(prefix), *p);
		word = word << 6 | (u32)(digit - digits);
		have += 6;
		if (have >= 8) {
			have -= 8;
			vec_push(b, (u8)(word >> have));
		}
	}
	/* Whole bytes were written, and zeros behind them. */
	if (have >= 6 || word & ((1u << have) - 1))
		return err_set(e, ERR_TEXT,
		               "schedule: its last character is not one that was written");
	return 0;
}

static void get_steps(struct reading *r, struct saved *k, const struct pairs *p)
{
	u32 call[EXPLORE_CPUS] = { 0 }, nth[EXPLORE_CPUS] = { 0 };
	u64 cpus = get(r, EXPLORE_CPUS), n = get(r, r->n);

	r->bad |= cpus == 0;
	for (u64 i = 0; i < n && !r->bad; i++) {
		u64 v = get(r, ~0ull), cpu = (v >> 1) % cpus, pair = (v >> 1) / cpus;
		struct step s = { .cpu = (u8)cpu };

		if (v & 1)
			call[cpu] += (u32)get(r, 0xfffe);
		r->bad |= pair >= p->n || call[cpu] > 0xfffe || nth[cpu] > 0xffff;
		if (r->bad)
			return;
		s.kind = p->v[pair].kind;
		s.object = p->v[pair].object;
		s.nth = (u16)nth[cpu]++;
		r->bad |= !saved_step_ok(&s);
		schedule_add(&k->schedule, &s, call[cpu]);
	}
}

static void get_grain(struct reading *r, struct grain_known *k)
{
	k->grain = (enum scope_grain)get(r, GRAIN_BOTH);
	k->looked = get(r, ~0ull);
	k->raced = get(r, ~0ull);
	r->bad |= !(k->grain & GRAIN_LOCK);
	r->bad |= k->depend == DEPEND_CELLS && k->grain > GRAIN_LOCK;
}

static void get_all(struct reading *r, struct saved *k)
{
	struct pairs p = { .n = 0 };
	u64 n;

	n = get_fixed(r, 1);
	r->bad |= n > (FLAG_STRICT | FLAG_CELLS | FLAG_FRAMES | FLAG_FINER | FLAG_CONTEXTS);
	k->strict = n & FLAG_STRICT;
	k->known.depend = n & FLAG_CELLS ? DEPEND_CELLS : DEPEND_TICKETS;
	k->known.frames = n & FLAG_FRAMES;
	k->known.grain = GRAIN_LOCK;
	k->hash = get_fixed(r, 8);
	if (n & FLAG_CELLS) {
		k->known.long_locks = get(r, ~0ull);
		k->known.data = (u32)get(r, ~0u);
		k->known.core = (u32)get(r, ~0u);
	}
	if (n & FLAG_FINER)
		get_grain(r, &k->known);
	if (n & FLAG_CONTEXTS)
		k->known.contexts = (u32)get(r, GRAIN_VMS);
	n = get(r, FOUND_NAME - 1);
	for (u64 i = 0; i < n && r->at < r->n; i++)
		k->verdict[i] = (char)r->v[r->at++];
	n = get(r, r->n);
	for (u64 i = 0; i < n && !r->bad; i++) {
		struct pair one = { .kind = (u8)get(r, POINT_NR - 1) };

		one.object = (u32)get(r, 0x7fffffff);
		vec_push(&p, one);
	}
	get_steps(r, k, &p);
	r->bad |= r->at != r->n;
	vec_free(&p);
}

bool saved_is_string(const char *text)
{
	return strncmp(text, "hyp", 3) == 0 && text[3] >= '0' && text[3] <= '9' &&
	       text[3 + strspn(text + 3, "0123456789")] == '.';
}

int saved_parse(struct saved *k, const char *text, struct err *e)
{
	struct packed b = { .n = 0 };
	struct reading r;
	int rc;

	*k = (struct saved){ .seed = 0 };
	if (strncmp(text, prefix, sizeof(prefix) - 1) != 0)
		return err_set(e, ERR_VERSION, "schedule: version %.*s, this program reads hyp%d",
		               (int)strcspn(text, "."), text, SAVED_VERSION);
	rc = unbase64(text + sizeof(prefix) - 1, &b, e);
	if (rc == 0 && (b.n <= CHECKSUM + 9 ||
	                get_fixed(&(struct reading){ .v = b.v + b.n - CHECKSUM, .n = CHECKSUM },
	                          CHECKSUM) != sum(b.v, b.n - CHECKSUM)))
		rc = err_set(e, ERR_TEXT, "schedule: the checksum differs: it was changed, or cut");
	if (rc == 0) {
		r = (struct reading){ .v = b.v, .n = b.n - CHECKSUM };
		get_all(&r, k);
		if (r.bad)
			rc = err_set(e, ERR_TEXT, "schedule: byte %u of it is malformed", r.at);
	}
	vec_free(&b);
	if (rc < 0)
		saved_free(k);
	return rc;
}
