// SPDX-License-Identifier: GPL-2.0-only
/* hypsim doctor, of the machine. */
#include "sim/base/clock.h"
#include "sim/cli/doctor.h"
#include "sim/log/json.h"

#include <gnu/libc-version.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

/* A log takes two to three bytes an event; ThreadSanitizer's shadow of gcc 12 is not mapped where addresses have more random bits. */
enum { EVENT_BYTES = 3, TSAN_RANDOM_BITS = 28, COSTS = 2000 };

static const u64 little_disk = 256ull << 20, little_memory = 1ull << 30;

/* The first line of a file of the kernel's; "": it cannot be read.  Returns buf. */
static const char *first_line(const char *path, char *buf, size_t size)
{
	FILE *f = fopen(path, "re");

	if (!f || !fgets(buf, (int)size, f))
		buf[0] = '\0';
	if (f)
		fclose(f);
	buf[strcspn(buf, "\n")] = '\0';
	return buf;
}

/* The number behind @key in a file of lines "key number". */
static u64 number_of(const char *path, const char *key)
{
	FILE *f = fopen(path, "re");
	char line[256];
	u64 n = 0;

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, key, strlen(key)) == 0)
			n = strtoull(line + strlen(key), NULL, 10);
	if (f)
		fclose(f);
	return n;
}

/* A file of the control group that the process is in (version 2); as a container sees it, else by its path.  Returns buf. */
static const char *cgroup(const char *name, char *buf, size_t size)
{
	char path[512], group[256];

	if (strncmp(first_line("/proc/self/cgroup", group, sizeof(group)), "0::", 3) != 0)
		group[0] = '\0';
	snprintf(path, sizeof(path), "/sys/fs/cgroup%s/%s", group[0] ? group + 3 : "", name);
	if (!first_line(path, buf, size)[0]) {
		snprintf(path, sizeof(path), "/sys/fs/cgroup/%s", name);
		first_line(path, buf, size);
	}
	return buf;
}

/* Cores' worth of time that the control group may use; 0: as many as there are. */
static double quota(void)
{
	char buf[64], *end;
	double of, period;

	cgroup("cpu.max", buf, sizeof(buf));
	of = strtod(buf, &end);
	period = end == buf ? 0 : strtod(end, NULL);
	return period > 0 ? of / period : 0;
}

static void cores(struct doctor *d)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	cpu_set_t set;
	int may = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : (int)online;
	double limit = quota(), left = limit > 0 && limit < may ? limit : may;
	char words[64] = "";

	if (limit > 0)
		snprintf(words, sizeof(words), ", the control group gives the time of %.1f", limit);
	doctor_add(d, "cores", left < 2 ? DOCTOR_NOTE : DOCTOR_OK,
	           json_pack("{s:i, s:i, s:o}", "online", (int)online, "affinity", may, "quota",
	                     limit > 0 ? json_real(limit) : json_null()),
	           "%ld, of which this process may use %d%s%s", online, may, words,
	           left < 2 ? ": CPUs take turns and seldom meet; explore, or run --perturb, makes "
	                      "them meet"
	                    : "");
}

/* In MiB; "no limit" of one that there is not.  Returns buf. */
static const char *mib(u64 bytes, char *buf, size_t size)
{
	if (bytes == 0 || bytes >= 1ull << 62)
		snprintf(buf, size, "no limit");
	else
		snprintf(buf, size, "%llu MiB", (unsigned long long)(bytes >> 20));
	return buf;
}

static void memory(struct doctor *d)
{
	u64 free_bytes = number_of("/proc/meminfo", "MemAvailable:") * 1024;
	char buf[64], words[64];
	u64 limit = strtoull(cgroup("memory.max", buf, sizeof(buf)), NULL, 10);
	u64 left = limit && limit < free_bytes ? limit : free_bytes;

	doctor_add(d, "memory", left < little_memory ? DOCTOR_NOTE : DOCTOR_OK,
	           json_pack("{s:o, s:o}", "available", json_u64(free_bytes), "limit",
	                     limit ? json_u64(limit) : json_null()),
	           "%llu MiB available; of the control group: %s%s",
	           (unsigned long long)(free_bytes >> 20), mib(limit, words, sizeof(words)),
	           left < little_memory ? "; a run that is judged takes some hundred MiB" : "");
}

static void addresses(struct doctor *d)
{
	u64 overcommit = number_of("/proc/sys/vm/overcommit_memory", "");
	u64 bits = number_of("/proc/sys/vm/mmap_rnd_bits", "");
	struct rlimit as = { RLIM_INFINITY, RLIM_INFINITY };
	bool random, limited;
	char words[64];

	(void)getrlimit(RLIMIT_AS, &as);
	limited = as.rlim_cur != RLIM_INFINITY || overcommit == 2;
	random = bits > TSAN_RANDOM_BITS;
	doctor_add(d, "addresses", limited || random ? DOCTOR_NOTE : DOCTOR_OK,
	           json_pack("{s:o, s:o, s:o}", "limit",
	                     as.rlim_cur == RLIM_INFINITY ? json_null() : json_u64(as.rlim_cur),
	                     "overcommit", json_u64(overcommit), "random_bits", json_u64(bits)),
	           "address space: %s; vm.overcommit_memory %llu%s; vm.mmap_rnd_bits %llu%s",
	           mib(as.rlim_cur, words, sizeof(words)), (unsigned long long)overcommit,
	           limited ? ": memory that is only reserved counts, and a run reserves some GiB"
	                   : "",
	           (unsigned long long)bits,
	           random ? ": gcc's sanitizers may not start but under setarch -R" : "");
}

static void disk(struct doctor *d, const char *folder)
{
	struct statvfs v;
	u64 bytes;

	if (statvfs(folder, &v) < 0) {
		doctor_add(d, "disk", DOCTOR_WRONG,
		           json_pack("{s:o}", "folder", json_bytes(folder)),
		           "%s: cannot be looked at: no log can be written there", folder);
		return;
	}
	bytes = (u64)v.f_bavail * v.f_frsize;
	if (access(folder, W_OK) < 0)
		doctor_add(d, "disk", DOCTOR_WRONG,
		           json_pack("{s:o, s:o}", "folder", json_bytes(folder), "free",
		                     json_u64(bytes)),
		           "%s: no log can be written there", folder);
	else
		doctor_add(d, "disk", bytes < little_disk ? DOCTOR_NOTE : DOCTOR_OK,
		           json_pack("{s:o, s:o, s:o}", "folder", json_bytes(folder), "free",
		                     json_u64(bytes), "events", json_u64(bytes / EVENT_BYTES)),
		           "%s: %llu MiB free, room for logs of %llu million events", folder,
		           (unsigned long long)(bytes >> 20),
		           (unsigned long long)(bytes / EVENT_BYTES / 1000000));
}

static bool cpu_has(const char *flag)
{
	FILE *f = fopen("/proc/cpuinfo", "re");
	char line[8192];
	bool has = false;

	while (f && !has && fgets(line, sizeof(line), f))
		has = strncmp(line, "flags", 5) == 0 && strstr(line, flag);
	if (f)
		fclose(f);
	return has;
}

static double cost_ns(void (*what)(void))
{
	u64 start = clock_ns();

	for (u32 i = 0; i < COSTS; i++)
		what();
	return (double)(clock_ns() - start) / COSTS;
}

static void read_clock(void)
{
	(void)clock_ns();
}

static void yields(void)
{
	sched_yield();
}

/* Nobody sleeps there. */
static void wakes(void)
{
	static u32 word;

	(void)syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void clocks(struct doctor *d)
{
	bool steady = cpu_has(" constant_tsc") && cpu_has(" nonstop_tsc");
	double ns = cost_ns(read_clock);
	char source[64];

	first_line("/sys/devices/system/clocksource/clocksource0/current_clocksource", source,
	           sizeof(source));
	doctor_add(
		d, "clock", steady && ns < 1000 ? DOCTOR_OK : DOCTOR_NOTE,
		json_pack("{s:s, s:b, s:f}", "source", source, "steady_tsc", steady, "read_ns", ns),
		"%s, %.0f ns a look; the processor's counter %s%s", source[0] ? source : "unknown",
		ns, steady ? "is steady" : "is not said to be steady",
		steady && ns < 1000 ? "" : ": times of --timestamps and bench are less exact");
}

static void waiting(struct doctor *d)
{
	double yield = cost_ns(yields), wake = cost_ns(wakes);
	bool dear = yield > 100000;

	doctor_add(d, "waiting", dear ? DOCTOR_NOTE : DOCTOR_OK,
	           json_pack("{s:f, s:f}", "yield_ns", yield, "wake_ns", wake),
	           "a yield costs %.0f ns, a futex wake %.0f ns%s", yield, wake,
	           dear ? ": the machine is shared; --wait park does without yields" : "");
}

static void versions(struct doctor *d)
{
	struct utsname u;

	if (uname(&u) < 0)
		memset(&u, 0, sizeof(u));
	doctor_add(d, "versions", DOCTOR_OK,
	           json_pack("{s:s, s:s, s:s, s:s}", "kernel", u.release, "machine", u.machine,
	                     "libc", gnu_get_libc_version(), "libraries", HYPSIM_LIBRARIES),
	           "%s %s %s, glibc %s, compiler %s; built with %s", u.sysname, u.release,
	           u.machine, gnu_get_libc_version(), __VERSION__, HYPSIM_LIBRARIES);
}

void doctor_host(struct doctor *d, const char *folder)
{
	cores(d);
	memory(d);
	addresses(d);
	disk(d, folder);
	clocks(d);
	waiting(d);
	versions(d);
}
