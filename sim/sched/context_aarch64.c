// SPDX-License-Identifier: GPL-2.0-only
#include "sim/sched/context.h"

#if CONTEXT_NATIVE && defined(__aarch64__)
#include "sim/base/types.h"

void context_enter(void);

/*
 * What is saved, from sp upwards: x19..x28, x29 and x30 (where to return), d8..d15, fpcr, 8 bytes free.
 *
 * fpcr is written only where it differs, which is rare: a write of it waits for all that is under way.  The end is a return,
 * which the processor has foretold, since all switches have one caller.  HINT #34 is "bti c", nothing where there is none.
 */
#define SAVE(a, b, at_a, at_b)                       \
	"	stp " a ", " b ", [sp, #" at_a "]\n" \
	".cfi_rel_offset " a ", " at_a "\n.cfi_rel_offset " b ", " at_b "\n"
#define LOAD(a, b, at) \
	"	ldp " a ", " b ", [sp, #" at "]\n.cfi_restore " a "\n.cfi_restore " b "\n"

/* clang-format off */
__asm__(".text\n"
	".p2align 4\n"
	".globl context_switch\n"
	".hidden context_switch\n"
	".type context_switch, %function\n"
	"context_switch:\n"
	".cfi_startproc\n"
	"	hint #34\n"
	"	sub sp, sp, #176\n"
	".cfi_adjust_cfa_offset 176\n"
	SAVE("x19", "x20", "0", "8")
	SAVE("x21", "x22", "16", "24")
	SAVE("x23", "x24", "32", "40")
	SAVE("x25", "x26", "48", "56")
	SAVE("x27", "x28", "64", "72")
	SAVE("x29", "x30", "80", "88")
	SAVE("d8", "d9", "96", "104")
	SAVE("d10", "d11", "112", "120")
	SAVE("d12", "d13", "128", "136")
	SAVE("d14", "d15", "144", "152")
	"	mrs x2, fpcr\n"
	"	str x2, [sp, #160]\n"
	"	mov x3, sp\n"
	"	str x3, [x0]\n"
	"	ldr x3, [x1]\n"
	"	mov sp, x3\n"
	"	ldr x4, [sp, #160]\n"
	"	cmp x2, x4\n"
	"	b.ne 2f\n"
	"1:	.cfi_remember_state\n"
	LOAD("x19", "x20", "0")
	LOAD("x21", "x22", "16")
	LOAD("x23", "x24", "32")
	LOAD("x25", "x26", "48")
	LOAD("x27", "x28", "64")
	LOAD("x29", "x30", "80")
	LOAD("d8", "d9", "96")
	LOAD("d10", "d11", "112")
	LOAD("d12", "d13", "128")
	LOAD("d14", "d15", "144")
	"	add sp, sp, #176\n"
	".cfi_adjust_cfa_offset -176\n"
	"	ret\n"
	"2:	.cfi_restore_state\n"
	"	msr fpcr, x4\n"
	"	b 1b\n"
	".cfi_endproc\n"
	".size context_switch, .-context_switch\n"
	/* Returned to by the first switch: main in x19, its argument in x20.  Whoever unwinds a stack stops here. */
	".globl context_enter\n"
	".hidden context_enter\n"
	".type context_enter, %function\n"
	"context_enter:\n"
	".cfi_startproc\n"
	".cfi_undefined x30\n"
	"	mov x0, x20\n"
	"	blr x19\n"
	"	brk #1\n"
	".cfi_endproc\n"
	".size context_enter, .-context_enter\n");
/* clang-format on */

void context_make(struct context *c, void *top, void (*main)(void *arg), void *arg)
{
	enum { X19, X20, X29 = 10, X30, FPCR = 20, SAVED = 22 };
	u64 *sp = (u64 *)top - SAVED;
	u64 fpcr;

	__asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
	for (u32 i = 0; i < SAVED; i++)
		sp[i] = 0;
	sp[X19] = (u64)main;
	sp[X20] = (u64)arg;
	sp[X30] = (u64)context_enter;
	sp[FPCR] = fpcr;
	c->sp = sp;
}
#endif
