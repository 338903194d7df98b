// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/text/open.h"

#include "sim/base/interrupt.h"
#include "sim/base/vec.h"
#include "sim/log/text/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
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

/* A file without a name, on disk where that can be had: a log may be larger than the memory. */
static int temporary(void)
{
	const char *dir = getenv("TMPDIR");
	int fd = open(dir && *dir ? dir : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	return fd >= 0 ? fd : memfd_create("hypsim-log", MFD_CLOEXEC);
}

/* All that comes from @from.  < 0: errno. */
static int copy_all(int from, int to)
{
	static const size_t size = 1 << 16;
	char *buf = xcalloc(1, size);
	ssize_t n = 0;

	do {
		n = read(from, buf, size);
		for (ssize_t at = 0, put; n > 0 && at < n; at += put) {
			put = write(to, buf + at, (size_t)(n - at));
			if (put < 0)
				n = -1;
		}
	} while (n > 0 || (n < 0 && errno == EINTR && !interrupted()));
	free(buf);
	return n < 0 ? -1 : 0;
}

/* A pipe is read to its end into a temporary file: who reads a log looks at several places.  *fd becomes that file. */
static int from_pipe(int *fd, const char *name, struct err *e)
{
	int copy = temporary(), rc = 0;

	if (copy < 0 || copy_all(*fd, copy) < 0)
		rc = err_host(e, ERR_OPEN, errno, "%s: its copy", name);
	close(*fd);
	*fd = copy;
	if (rc < 0 && copy >= 0)
		close(copy);
	return rc;
}

int log_open_fd(int fd, const char *name, struct log_source **out, struct err *e)
{
	struct reader *r;
	struct stat st;
	u8 first[64];
	ssize_t n;
	int rc;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_host(e, ERR_OPEN, errno, "%s", name);
	if (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode) || isatty(fd)) {
		rc = from_pipe(&fd, name, e);
		if (rc < 0)
			return rc;
	}
	n = pread(fd, first, sizeof(first), 0);
	if (n > 0 && looks_like_text(first, (size_t)n)) {
		lseek(fd, 0, SEEK_SET);
		return text_open_fd(out, fd, name, TEXT_MACHINE, e);
	}
	rc = reader_open_fd(&r, fd, name, e);
	if (rc == 0)
		*out = merge_source(merge_new(r, false));
	return rc;
}

int log_open(const char *path, struct log_source **out, struct err *e)
{
	int fd;

	if (strcmp(path, "-") == 0)
		return log_open_fd(dup(STDIN_FILENO), "standard input", out, e);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return log_open_fd(fd, path, out, e);
}

const char *log_times_back(const struct log_source *s, char *buf, size_t size)
{
	const struct source_times *t = &s->times;
	int n;

	if (!t->n_back)
		return NULL;
	n = snprintf(buf, size,
	             "the time of CPU %u goes back at event %" PRIu64 ", from %" PRIu64
	             " to %" PRIu64 " ns",
	             t->cpu, t->index, t->from_ns, t->to_ns);
	if (t->n_back > 1 && n > 0 && (size_t)n < size)
		snprintf(buf + n, size - (size_t)n, "; times go back %" PRIu64 " times in all",
		         t->n_back);
	return buf;
}

void log_source_lacks(struct log_source *s)
{
	struct merge *m = merge_of_source(s);

	if (m)
		reader_lacks(m->reader);
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
	out->at_cut = m->at_cut;
	out->behind = m->behind;
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
