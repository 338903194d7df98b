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
#include <unistd.h>

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

/* What speaks against writing to @fd, before it is emptied. */
static int judge(struct log *l, bool force, struct err *e)
{
	struct stat st;

	if (fstat(l->fd, &st) < 0)
		return err_host(e, ERR_OPEN, errno, "%s", l->path);
	/* A device may have room or not; only a file can be mapped. */
	if (S_ISCHR(st.st_mode) && write(l->fd, "", 1) < 0)
		return err_host(e, ERR_NOT_FILE, errno, "%s", l->path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_NOT_FILE, "%s: not a regular file: a log is written in place",
		               l->path);
	if (flock(l->fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
		return err_set(e, ERR_USAGE, "%s: another run writes it", l->path);
	if (!force && st.st_size > 0 && !is_log(l->fd))
		return err_set(e, ERR_USAGE,
		               "%s: there is a file of that name that is no log; --force has it "
		               "overwritten",
		               l->path);
	if (ftruncate(l->fd, 0) < 0)
		return err_host(e, ERR_OPEN, errno, "%s", l->path);
	return 0;
}

int log_file_open(struct log *l, const char *path, bool force, struct err *e)
{
	struct sigaction act = { .sa_sigaction = on_bus, .sa_flags = SA_SIGINFO };
	struct stat st;
	int rc;

	l->path = strdup(path);
	/* Nobody may be there to read a pipe. */
	if (stat(path, &st) == 0 && S_ISFIFO(st.st_mode))
		return err_set(e, ERR_NOT_FILE,
		               "%s: not a regular file but a pipe: a log is written in place",
		               path);
	l->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (l->fd < 0)
		return err_host(e, ERR_OPEN, errno, "%s", path);
	rc = judge(l, force, e);
	if (rc < 0)
		return rc;
	l->mapped = true;
	if (__atomic_fetch_add(&n_files, 1, __ATOMIC_RELAXED) == 0) {
		sigemptyset(&act.sa_mask);
		sigaction(SIGBUS, &act, NULL);
	}
	return 0;
}

static void fail(struct log *l, const char *how)
{
	if (__atomic_exchange_n(&l->error_once, 1, __ATOMIC_RELAXED))
		return;
	err_set(&l->error, ERR_DISK, "%s: %s while the run wrote it", l->path, how);
	flag_set(&l->failed);
}

bool log_file_whole(struct log *l)
{
	u64 reserved = __atomic_load_n(&l->reserved_bytes, __ATOMIC_RELAXED);
	struct stat st;

	if (fstat(l->fd, &st) == 0 && (u64)st.st_size >= reserved)
		return true;
	__atomic_store_n(&l->cut_short, true, __ATOMIC_RELAXED);
	fail(l, "it was cut short");
	return false;
}

bool log_file_named(struct log *l)
{
	struct stat st;

	if (fstat(l->fd, &st) == 0 && st.st_nlink > 0)
		return true;
	fail(l, "it was deleted");
	return false;
}

void log_file_close(struct log *l)
{
	if (l->mapped)
		__atomic_fetch_sub(&n_files, 1, __ATOMIC_RELAXED);
	if (l->fd >= 0)
		close(l->fd);
}
