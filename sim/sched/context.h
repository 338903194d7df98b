/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The registers of a body that does not run, on its own stack.  A switch is a call, so only what a call keeps is exchanged: the
 * processor's callee-saved registers, and how floating point rounds and traps.  Flags of what happened in floating point
 * (inexact, ...) are no register that a call keeps.
 *
 * Where the processor checks returns by a second stack (x86-64's shadow stack), fibers are swapcontext()'s, which knows it.
 */
#if defined(__x86_64__) && defined(__LP64__) && !(defined(__CET__) && (__CET__ & 2))
#define CONTEXT_NATIVE 1
#elif defined(__aarch64__) && defined(__LP64__)
#define CONTEXT_NATIVE 1
#else
#define CONTEXT_NATIVE 0
#endif

#if CONTEXT_NATIVE
/* Lowest address of what is saved; written when the owner of the stack is switched from. */
struct context {
	void *sp;
};

/*
 * When @c is switched to first, main(@arg) is called on the stack that ends at @top, a multiple of 16; main() never returns.
 * Floating point rounds there as it does for the caller.
 */
void context_make(struct context *c, void *top, void (*main)(void *arg), void *arg);

/* Returns when somebody switches to @from. */
void context_switch(struct context *from, const struct context *to);
#endif
