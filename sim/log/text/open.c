// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/text/open.h"

#include "sim/log/text/text.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Does a file that begins with these bytes look like text?  A damaged magic must not turn a log into a text. */
static bool looks_like_text(const u8 *b, size_t n)
{
	if (memcmp(b, LOG_FILE_MAGIC, n < 8 ? n : 8) == 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if (b[i] == 0 || (b[i] < ' ' && !strchr("\t\n\r\f\v", b[i])))
			return false;
	return true;
}

int log_open(const char *path, struct log_source **out, struct err *e)
{
	struct reader *r;
	u8 first[64];
	ssize_t n;
	int fd, rc;

	if (strcmp(path, "-") == 0)
		return text_open(out, path, TEXT_MACHINE, e);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	n = fd < 0 ? 0 : read(fd, first, sizeof(first));
	if (fd >= 0)
		close(fd);
	if (n > 0 && looks_like_text(first, (size_t)n))
		return text_open(out, path, TEXT_MACHINE, e);
	rc = reader_open_file(&r, path, e);
	if (rc == 0)
		*out = merge_source(merge_new(r, false));
	return rc;
}

void log_source_status(struct log_source *s, struct log_status *out)
{
	const struct merge *m = merge_of_source(s);

	*out = (struct log_status){ 0 };
	if (text_skipped(s))
		memcpy(out->skipped, text_skipped(s), sizeof(out->skipped));
	if (!m)
		return;
	out->binary = true;
	out->cut = merge_is_cut(m);
	out->closed = !out->cut;
	out->in_part = merge_in_part(m);
	out->holes = m->n_holes;
	out->chunks = m->reader->file ? m->reader->file->n_chunks : 0;
	out->events = m->n_events;
	for (u32 c = 0; c < m->cpus; c++) {
		out->cpu_events[c] = m->cpu_events[c];
		for (u32 i = 0; i < MARK_SKIPPABLE; i++)
			out->skipped[i] += m->cpu[c].dec.skipped[i];
	}
	out->bytes = m->reader->bytes;
	out->stored_bytes = m->reader->stored_bytes;
	if (m->finding.row != MERGE_NONE)
		out->finding = &m->finding;
}
