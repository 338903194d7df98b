// SPDX-License-Identifier: GPL-2.0-only
#include "sim/sched/context.h"

#if CONTEXT_NATIVE && defined(__x86_64__)
#include "sim/base/types.h"

void context_enter(void);

/*
 * What is saved, from sp upwards: mxcsr (4 bytes), the x87 control word (2), 2 free; r15, r14, r13, r12, rbx, rbp, the return
 * address.
 *
 * Loading a control word is dear and mostly changes nothing: the two that were saved are compared first, and of mxcsr the flags
 * (its lowest six bits) not at all.  The end is a return and no jump: all switches have one caller, whose return the processor
 * has already foretold.
 */
#define PUSH(reg) "	pushq %" reg "\n.cfi_adjust_cfa_offset 8\n.cfi_rel_offset " reg ", 0\n"
#define POP(reg)  "	popq %" reg "\n.cfi_adjust_cfa_offset -8\n.cfi_restore " reg "\n"

#if defined(__CET__)
#define LANDING "	endbr64\n"
#else
#define LANDING ""
#endif

/* clang-format off */
__asm__(".text\n"
	".p2align 4\n"
	".globl context_switch\n"
	".hidden context_switch\n"
	".type context_switch, @function\n"
	"context_switch:\n"
	".cfi_startproc\n"
	LANDING
	PUSH("rbp")
	PUSH("rbx")
	PUSH("r12")
	PUSH("r13")
	PUSH("r14")
	PUSH("r15")
	"	subq $8, %rsp\n"
	".cfi_adjust_cfa_offset 8\n"
	"	stmxcsr (%rsp)\n"
	"	fnstcw 4(%rsp)\n"
	"	movl (%rsp), %eax\n"
	"	movzwl 4(%rsp), %ecx\n"
	"	movq %rsp, (%rdi)\n"
	"	movq (%rsi), %rsp\n"
	"	xorl (%rsp), %eax\n"
	"	testl $~0x3f, %eax\n"
	"	jne 3f\n"
	"1:	cmpw %cx, 4(%rsp)\n"
	"	jne 4f\n"
	"2:	.cfi_remember_state\n"
	"	addq $8, %rsp\n"
	".cfi_adjust_cfa_offset -8\n"
	POP("r15")
	POP("r14")
	POP("r13")
	POP("r12")
	POP("rbx")
	POP("rbp")
	"	ret\n"
	"3:	.cfi_restore_state\n"
	"	ldmxcsr (%rsp)\n"
	"	jmp 1b\n"
	"4:	fldcw 4(%rsp)\n"
	"	jmp 2b\n"
	".cfi_endproc\n"
	".size context_switch, .-context_switch\n"
	/* Returned to by the first switch: main in rbx, its argument in r12.  Whoever unwinds a stack stops here. */
	".globl context_enter\n"
	".hidden context_enter\n"
	".type context_enter, @function\n"
	"context_enter:\n"
	".cfi_startproc\n"
	".cfi_undefined rip\n"
	"	movq %r12, %rdi\n"
	"	call *%rbx\n"
	"	ud2\n"
	".cfi_endproc\n"
	".size context_enter, .-context_enter\n");
/* clang-format on */

void context_make(struct context *c, void *top, void (*main)(void *arg), void *arg)
{
	enum { CONTROL, R15, R14, R13, R12, RBX, RBP, RETURN, SAVED };
	u64 *sp = (u64 *)top - SAVED; /* at context_enter sp is @top, as a call wants it */
	u16 x87;

	__asm__ volatile("fnstcw %0" : "=m"(x87));
	sp[CONTROL] = __builtin_ia32_stmxcsr() | (u64)x87 << 32;
	sp[R15] = sp[R14] = sp[R13] = sp[RBP] = 0;
	sp[R12] = (u64)arg;
	sp[RBX] = (u64)main;
	sp[RETURN] = (u64)context_enter;
	c->sp = sp;
}
#endif
