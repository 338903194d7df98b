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
#include <time.h>
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
			if (put < 0 && errno == EINTR && !interrupted())
				put = 0;
			else if (put < 0)
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

/* Looks at an empty file that is to be followed, 2 ms apart. */
enum { EMPTY_TRIES = 25 };

/* A binary log in a file that a run writes, from its beginning on. */
static int open_growing(int fd, const char *path, bool follow, struct log_source **out,
                        struct err *e)
{
	const struct timespec soon = { .tv_nsec = 2000000 };
	struct reader *r;
	bool written;
	int rc;

	/* Who writes it makes the file, locks it, and writes the header. */
	for (u32 tries = 0;; tries++) {
		written = chunk_file_written(fd) || (follow && tries < EMPTY_TRIES);
		rc = reader_open_growing(&r, dup(fd), path, e);
		if (rc == 0 || !written || (e->code != ERR_EMPTY && e->code != ERR_TRUNCATED))
			break;
		if (interrupted()) {
			rc = err_set(e, ERR_INTERRUPT, "%s: interrupted", path);
			break;
		}
		nanosleep(&soon, NULL);
		*e = (struct err){ 0 };
	}
	close(fd);
	if (rc < 0)
		return rc;
	if (follow)
		reader_follow(r);
	*out = merge_source(merge_new(r, r->follow));
	return 0;
}

/* Is it a file that another process writes? */
static bool is_written(int fd)
{
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && chunk_file_written(fd);
}

int log_open(const char *path, struct log_source **out, struct err *e)
{
	int fd;

	if (strcmp(path, "-") == 0)
		return log_open_fd(dup(STDIN_FILENO), "standard input", out, e);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (is_written(fd))
		return open_growing(fd, path, false, out, e);
	return log_open_fd(fd, path, out, e);
}

int log_open_follow(const char *path, struct log_source **out, struct err *e)
{
	u8 first[64];
	struct stat st;
	ssize_t n;
	int fd;

	if (strcmp(path, "-") == 0)
		return err_set(e, ERR_NOT_FILE, "standard input: only a log file can be followed");
	/* Not to wait for a writer, should it be a pipe. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_host(e, ERR_OPEN, errno, "%s", path);
	n = pread(fd, first, sizeof(first), 0);
	if (!S_ISREG(st.st_mode) || (n > 0 && looks_like_text(first, (size_t)n))) {
		close(fd);
		return err_set(e, ERR_NOT_FILE, "%s: %s: only a binary log file can be followed",
		               path, S_ISREG(st.st_mode) ? "a text" : "not a regular file");
	}
	return open_growing(fd, path, true, out, e);
}

bool log_poll(struct log_source *s)
{
	struct merge *m = merge_of_source(s);

	if (!m || !m->open_end)
		return false;
	if (reader_poll(m->reader))
		return true;
	m->lags |= reader_lags(m->reader);
	merge_finish(m);
	return false;
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
	out->finding = text_finding(s);
	if (!m)
		return;
	out->binary = true;
	out->cut = merge_is_cut(m);
	out->closed = !out->cut;
	out->growing = m->reader->file && m->reader->file->growing;
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
