// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/convert/convert.h"

#include "sim/base/check.h"
#include "sim/base/interrupt.h"
#include "sim/log/convert/encode.h"
#include "sim/log/convert/lock_logs.h"
#include "sim/log/convert/pack.h"
#include "sim/log/read/decode.h"
#include "sim/log/read/merge.h"
#include "sim/log/read/replay.h"
#include "sim/log/text/open.h"
#include "sim/log/text/text.h"

#include <inttypes.h>

int convert_to_text(struct log_source *s, u64 (*doracle)(u64 seed, vmid_t vmid, u64 n), FILE *f,
                    struct err *e)
{
	struct replay *r = replay_new(s->config, doracle);
	struct event ev[SOURCE_BATCH];
	u32 n = 0;
	int rc;

	text_print_config(f, s->config);
	do {
		rc = s->next(s, ev, SOURCE_BATCH, &n, e);
		for (u32 i = 0; i < n && rc >= 0 && !ferror(f); i++) {
			u64 at;

			rc = replay_event(r, &ev[i], &at, e);
			text_print_event(f, s->config, s->lock_name(s, ev[i].lk), &ev[i]);
		}
	} while (rc >= 0 && n > 0 && !ferror(f));
	replay_free(r);
	return rc < 0 ? rc : 0;
}

/* Take every event of @s into @enc and, unless it is NULL, @logs; @r has its contents. */
static int encode_all(struct log_source *s, struct replay *r, struct encoder *enc,
                      struct lock_logs *logs, struct err *e)
{
	struct event ev[SOURCE_BATCH];
	u64 index = 0, at = 0;
	u32 n;
	int rc;

	do {
		rc = s->next(s, ev, SOURCE_BATCH, &n, e);
		for (u32 i = 0; i < n && rc == 0; i++, index++) {
			rc = replay_event(r, &ev[i], &at, e);
			if (rc > 0)
				rc = err_set(e, ERR_NO_BINARY,
				             "the difference at index %" PRIu64
				             " does not fit the contents, and the binary form has "
				             "no old values",
				             at);
			if (rc == 0)
				rc = encoder_put(enc, &ev[i], e);
			if (rc == 0 && logs)
				lock_logs_put(logs, &ev[i]);
			if (rc < 0)
				err_wrap(e, "event %" PRIu64, index);
		}
	} while (rc == 0 && n > 0);
	return rc;
}

/* Encode all of @s; *in_order: it is a log that was closed. */
static int encode(struct log_source *s, u64 (*doracle)(u64 seed, vmid_t vmid, u64 n),
                  struct pack *p, struct lock_logs *logs, bool *in_order, struct err *e)
{
	struct log_status status;
	struct encoder *enc;
	struct replay *r;
	int rc = encoder_new(&enc, s->config, p, e);

	if (rc < 0)
		return rc;
	r = replay_new(s->config, doracle);
	rc = encode_all(s, r, enc, logs, e);
	replay_free(r);
	if (rc == 0)
		rc = encoder_end(enc, e);
	/* A run's log says at each stream's end that it ends in order; one written by hand need not. */
	log_source_status(s, &status);
	if (rc == 0 && status.finding && !status.binary)
		rc = err_set(e, ERR_NO_BINARY, "%s: %s", merge_row_name(status.finding->row),
		             status.finding->text);
	*in_order = !status.cut && (encoder_closed(enc) || !s->config->scenario[0]);
	encoder_free(enc);
	return rc;
}

/* Does the merge of what was written give each lock the log that it had?  What cannot be read back is not looked at. */
static int same_logs(const struct pack *p, const char *path, const struct lock_logs *logs,
                     struct err *e)
{
	struct log_source *s;
	int fd = pack_read(p), rc;

	if (fd < 0)
		return 0;
	rc = log_open_fd(fd, path, &s, e);
	if (rc < 0)
		return rc;
	rc = lock_logs_compare(logs, s, e);
	s->close(s);
	return rc;
}

/* @path is written, and not there yet. */
static int end_binary(struct pack *p, const char *path, bool in_order, const struct lock_logs *logs,
                      struct err *e)
{
	int rc = pack_end(p, in_order, e);

	if (rc == 0 && logs)
		rc = same_logs(p, path, logs, e);
	if (rc == 0)
		return pack_close(p, e);
	pack_drop(p);
	return rc;
}

int convert_to_binary(struct log_source *s, u64 (*doracle)(u64 seed, vmid_t vmid, u64 n),
                      const char *path, int level, struct err *e)
{
	/* What comes from streams has their order already. */
	struct lock_logs *logs = merge_of_source(s) ? NULL : lock_logs_new();
	struct pack *p;
	bool in_order = false;
	int rc = pack_open(&p, path, s->config, level, e);

	if (rc == 0) {
		rc = encode(s, doracle, p, logs, &in_order, e);
		if (rc < 0)
			pack_drop(p);
		else
			rc = end_binary(p, path, in_order, logs, e);
	}
	if (logs)
		lock_logs_free(logs);
	return rc;
}

/* The records of a cut log's chunk: in the last one they end at the first 0 byte.  < 0: ERR_RECORD. */
static int find_end(const struct reader *r, struct decoder *d, u32 cpu, struct reader_bytes *b,
                    struct err *e)
{
	enum decode_stop stop;
	char place[256];

	decoder_feed(d, b->cur, b->end, b->open);
	d->limit = b->limit;
	do
		stop = decoder_run(d, NULL);
	while (stop < DECODE_END);
	if (stop == DECODE_ERROR)
		return err_set(e, ERR_RECORD, "%s: %s",
		               reader_place(r, cpu, d->cur, place, sizeof(place)), d->why);
	b->end = d->cur;
	return 0;
}

static int repack_cpu(struct reader *r, struct pack *p, u32 cpu, struct err *e)
{
	struct reader_bytes b;
	struct decoder d;
	int rc = 0;

	decoder_init(&d, cpu, reader_config(r));
	while (!interrupted() && (rc = reader_next(r, cpu, &b, e)) > 0) {
		bool lost = reader_lost(r, cpu) && reader_at_end(r, cpu);

		rc = reader_is_closed(r) ? 0 : find_end(r, &d, cpu, &b, e);
		if (rc == 0 && (b.end > b.cur || lost))
			rc = pack_chunk(p, cpu, b.cur, (u32)(b.end - b.cur), lost, e);
		if (rc < 0)
			break;
	}
	decoder_destroy(&d);
	if (rc >= 0 && interrupted())
		rc = err_set(e, ERR_INTERRUPT, "%s: interrupted", reader_name(r));
	return rc;
}

static int repack_all(struct reader *r, struct pack *p, struct err *e)
{
	for (u32 c = 0; c <= reader_config(r)->cpus; c++) {
		int rc = repack_cpu(r, p, c, e);

		if (rc < 0)
			return rc;
	}
	if (!reader_damage(r))
		return 0;
	*e = *reader_damage(r);
	return -(int)e->code;
}

static int repack(struct reader *r, const char *out, int level, struct err *e)
{
	struct pack *p;
	int rc = pack_open(&p, out, reader_config(r), level, e);

	if (rc < 0)
		return rc;
	rc = repack_all(r, p, e);
	if (rc == 0)
		return end_binary(p, out, reader_is_closed(r), NULL, e);
	pack_drop(p);
	return rc;
}

int convert_repack(const char *in, const char *out, int level, struct err *e)
{
	struct reader *r;
	int rc = reader_open_file(&r, in, e);

	if (rc < 0)
		return rc;
	rc = repack(r, out, level, e);
	reader_close(r);
	return rc;
}

int convert_repack_source(struct log_source *s, const char *out, int level, struct err *e)
{
	return repack(merge_of_source(s)->reader, out, level, e);
}
