// SPDX-License-Identifier: GPL-2.0-only
#include "bench/own_lock.h"

#include "sim/base/types.h"

#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_CHARS = 40 };

static bool can_be_printed(const char *name)
{
	size_t n = strnlen(name, NAME_MAX_CHARS + 1);

	for (size_t i = 0; i < n; i++)
		if (!isprint((unsigned char)name[i]))
			return false;
	return n > 0 && n <= NAME_MAX_CHARS;
}

/* What a shared object's lock lacks, or NULL. */
static const char *missing(const struct hypsim_bench_lock *l)
{
	if (!l->name || !can_be_printed(l->name))
		return "its name is not of 1 to 40 printable characters";
	if (!l->create || !l->acquire || !l->release || !l->destroy)
		return "it lacks one of create, acquire, release and destroy";
	return NULL;
}

const struct hypsim_bench_lock *own_lock_open(const char *path, struct err *e)
{
	const struct hypsim_bench_lock *l;
	char real[PATH_MAX];
	const char *lacks;
	void *so;

	/* A name without a slash is a file here, and not one of the linker's. */
	if (!realpath(path, real)) {
		err_host(e, ERR_OPEN, errno, "%s", path);
		return NULL;
	}
	so = dlopen(real, RTLD_NOW | RTLD_LOCAL);
	if (!so) {
		err_set(e, ERR_OPEN, "%s: %s", path, dlerror());
		return NULL;
	}
	l = dlsym(so, "hypsim_bench_lock");
	if (!l) {
		err_set(e, ERR_USAGE, "%s: it has no hypsim_bench_lock (hypsim/bench_lock.h)",
		        path);
	} else if (l->version != HYPSIM_BENCH_LOCK_VERSION) {
		err_set(e, ERR_USAGE, "%s: version %u of hypsim/bench_lock.h, and this is %d", path,
		        l->version, HYPSIM_BENCH_LOCK_VERSION);
		l = NULL;
	} else if ((lacks = missing(l)) != NULL) {
		err_set(e, ERR_USAGE, "%s: %s", path, lacks);
		l = NULL;
	}
	if (!l)
		dlclose(so);
	return l;
}
