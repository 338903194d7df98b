#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Simulated code owns nothing of the host: a stuck call leaves it by a jump.  Libraries keep no hidden state.
. "$(dirname "$0")/lib"

{
	c_files cpu lock shmem sim/hyp | grep -v '^shmem/obj/' | xargs -r grep -HnE '# *include <(stdio|stdlib)\.h>' |
		sed 's/$/   (a stuck call would leak what it owns)/'
	c_files include bench cpu lock oracle scenarios shmem sim |
		xargs -r grep -HnE '\b(strtok|rand|srand|random|localtime|gmtime|asctime|ctime|setenv|putenv|tmpnam|gets|sprintf|alloca)\(' |
		sed 's/$/   (hidden state, or no bound)/'
	c_files lock | xargs -r grep -HnE 'pthread_(mutex|cond|spin|rwlock|barrier)' |
		sed 's/$/   (an edge that ThreadSanitizer would take for the lock)/'
} | verdict
