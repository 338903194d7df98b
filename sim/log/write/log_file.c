// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/write/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Looks at a lock that somebody holds, 5 ms apart. */
enum { LOCK_TRIES = 10 };

/* Log files that are open: the process has one handler of SIGBUS for all of them. */
static u32 n_files;

/*
 * A store to a page that the file has not any more: somebody cut it short.  The page becomes memory, so that the CPU can go on
 * until it is told; that the log has failed is seen from the file's length.
 */
static void on_bus(int sig, siginfo_t *info, void *context)
{
	void *page = (void *)((uintptr_t)info->si_addr & ~(uintptr_t)4095);

	(void)context;
	/* The system call itself: to ThreadSanitizer mmap() would be a write of this thread to the page. */
	if (__atomic_load_n(&n_files, __ATOMIC_RELAXED) > 0 && info->si_code == BUS_ADRERR &&
	    (void *)syscall(SYS_mmap, page, 4096, PROT_READ | PROT_WRITE,
	                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == page)
		return;
	signal(sig, SIG_DFL);
}

static bool is_log(int fd)
{
	char magic[8];

	return pread(fd, magic, sizeof(magic), 0) == (ssize_t)sizeof(magic) &&
	       memcmp(magic, LOG_FILE_MAGIC, sizeof(magic)) == 0;
}

/*
 * Nobody else writes the file while this process has it open.  Who reads a log asks whether somebody does, and for that holds
 * the lock for a moment.  False: another run writes it.
 */
static bool lock(int fd)
{
	const struct timespec soon = { .tv_nsec = 5000000 };

	for (u32 tries = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; tries++) {
		if (errno != EWOULDBLOCK)
			return true; /* a file system without locks */
		if (tries == LOCK_TRIES)
			return false;
		nanosleep(&soon, NULL);
	}
	return true;
}

/* What speaks against writing to @fd, before it is emptied. */
static int judge(struct log_slots *s, bool force, struct err *e)
{
	struct stat st;

	if (fstat(s->fd, &st) < 0)
		return err_host(e, ERR_OPEN, errno, "%s", s->path);
	/* A device may have room or not; only a file can be mapped. */
	if (S_ISCHR(st.st_mode) && write(s->fd, "", 1) < 0)
		return err_host(e, ERR_NOT_FILE, errno, "%s", s->path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_NOT_FILE, "%s: not a regular file: a log is written in place",
		               s->path);
	if (!lock(s->fd))
		return err_set(e, ERR_USAGE, "%s: another run writes it", s->path);
	if (!force && st.st_size > 0 && !is_log(s->fd))
		return err_set(e, ERR_USAGE,
		               "%s: there is a file of that name that is no log; --force has it "
		               "overwritten",
		               s->path);
	if (ftruncate(s->fd, 0) < 0)
		return err_host(e, ERR_OPEN, errno, "%s", s->path);
	return 0;
}

int log_file_open(struct log_slots *s, const char *path, bool force, struct err *e)
{
	struct sigaction act = { .sa_sigaction = on_bus, .sa_flags = SA_SIGINFO };
	struct stat st;
	int rc;

	s->path = strdup(path);
	/* Nobody may be there to read a pipe. */
	if (stat(path, &st) == 0 && S_ISFIFO(st.st_mode))
		return err_set(e, ERR_NOT_FILE,
		               "%s: not a regular file but a pipe: a log is written in place",
		               path);
	s->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (s->fd < 0)
		return err_host(e, ERR_OPEN, errno, "%s", path);
	rc = judge(s, force, e);
	if (rc < 0)
		return rc;
	s->mapped = true;
	if (__atomic_fetch_add(&n_files, 1, __ATOMIC_RELAXED) == 0) {
		sigemptyset(&act.sa_mask);
		sigaction(SIGBUS, &act, NULL);
	}
	return 0;
}

bool log_file_named(struct log_slots *s)
{
	struct stat st;

	if (fstat(s->fd, &st) == 0 && st.st_nlink > 0)
		return true;
	log_slots_lost(s, "it was deleted");
	return false;
}

void log_file_close(struct log_slots *s)
{
	if (s->mapped)
		__atomic_fetch_sub(&n_files, 1, __ATOMIC_RELAXED);
	if (s->fd >= 0)
		close(s->fd);
}
