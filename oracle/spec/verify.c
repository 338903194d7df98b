// SPDX-License-Identifier: GPL-2.0-only
/* The step of verify_and_load_images: what is inside it, and what comes of it.  [TrapHandlerSpec; spec/32 4.3, 4.4] */
#include "oracle/spec/steps.h"

/**
 * struct inside - the operations inside, one after the other
 * @over: the machine has halted, or one is not as it should be
 */
struct inside {
	struct abs *s;
	struct effect *out;
	u64 keeps;
	bool over;
};

/* The next operation inside is this one.  Returns what it gives. */
static u64 next(struct inside *in, enum hyp_op op, u64 a, u64 b, u64 c, u64 d)
{
	struct effect *out = in->out;
	const struct op_nested want = { .op = op, .arg = { a, b, c, d } };
	const struct op_nested *n = abs_nested(in->s, out->n_nested);

	if (!n || n->op != op || n->arg[0] != a || n->arg[1] != b || n->arg[2] != c ||
	    n->arg[3] != d) {
		out->nested_wrong = true;
		out->nested_at = out->n_nested;
		out->nested_want = want;
		in->over = true;
		return 0;
	}
	out->n_nested++;
	if (n->halted) {
		GOES(verify_and_load_images, INSIDE);
		effect_halts(out, in->keeps);
		in->over = true;
	}
	return n->result;
}

/*
 * unmap_and_load_vm_image: the blocks that the image lies in become the VM's and are mapped.
 *
 * 32/E-T9, 30/E15: the events name the page of each turn.  32/E-B6: the body halts when the number of the block is 0, the top
 * specification's loop when the entry is 0: as intended only an image without an entry has no frame.
 */
static void load_image(struct inside *in, vmid_t vmid, u64 target, u64 remap, u64 pages)
{
	u64 start = target / PMD_SIZE * PMD_SIZE, end = target + pages * PAGE_SIZE;
	u64 blocks = (end - start + PMD_SIZE - 1) / PMD_SIZE;
	bool published = abs_published(in->s, ERRATUM_LOAD_FRAME_ZERO);
	struct effect *out = in->out;

	for (; blocks > 0 && !in->over; blocks--) {
		u64 pte = next(in, OP_walk_s2pt, COREVISOR, remap, 0, 0);
		u64 pfn = phys_page(pte) / PMD_SIZE * PMD_PAGE_NUM, gfn = start / PAGE_SIZE;

		if (in->over)
			return;
		if (published ? pfn == 0 : pte == 0) {
			GOES(verify_and_load_images, NO_FRAME);
			effect_halts(out, in->keeps);
			in->over = true;
			return;
		}
		for (u64 i = 0; i < PMD_PAGE_NUM && !in->over; i++)
			next(in, OP_assign_pfn_to_vm, vmid, gfn + i, pfn + i, 0);
		if (!in->over)
			next(in, OP_map_pfn_vm, vmid, gfn * PAGE_SIZE, pfn * PAGE_SIZE, 2);
		start += PMD_SIZE;
		remap += start - target;
		target = start;
	}
}

/* What the operation took from outside as verify_image of an image.  32/E-B4: the top specification never asks. */
static bool is_good(const struct inside *in, vmid_t vmid, u64 remap)
{
	const struct took *t = abs_took(in->s, MV_STREAM_VERIFY_IMAGE, vmid, remap);

	return t && t->value;
}

/* The frame of an entry that a walk of @addr gave. */
static u64 frame_at(u64 pte, u64 addr)
{
	u64 at = pte && !is_table(pte) ? addr / PAGE_SIZE % PMD_PAGE_NUM : 0;

	return phys_page(pte) / PAGE_SIZE + at;
}

/* 32/E-B6: the frames of the VM are not compared with those that were remapped; as intended they are, page by page. */
static void same_frames(struct inside *in, vmid_t vmid, u64 load, u64 remap, u64 pages)
{
	struct effect *out = in->out;

	for (; pages > 0 && !in->over; pages--, load += PAGE_SIZE, remap += PAGE_SIZE) {
		u64 checked = frame_at(next(in, OP_walk_s2pt, COREVISOR, remap, 0, 0), remap);
		u64 runs = in->over ? 0 : frame_at(next(in, OP_walk_s2pt, vmid, load, 0, 0), load);

		if (in->over || checked == runs)
			continue;
		GOES(verify_and_load_images, OTHER_FRAME);
		effect_halts(out, in->keeps);
		in->over = true;
	}
}

/*
 * OVERIFY vmid.  The top specification says it twice (32/E-T5), before and behind what is inside; here it is one operation that
 * keeps INFO from the first to the last.  32/E-B4: its loop loads image 1 again and again.
 */
void local_verify_vm(struct abs *s, const u64 *arg, struct effect *out)
{
	vmid_t vmid = (vmid_t)arg[0];
	struct inside in = { s, out, LK(INFO_ID + vmid), false };
	u64 n;

	if (!is_vmid(arg[0])) {
		effect_stuck(out);
		return;
	}
	if (abs_vm(s, vmid, F_INFO_vm_state, 0) != READY) {
		GOES(verify_and_load_images, NOT_READY);
		effect_halts(out, in.keeps);
		return;
	}
	n = abs_vm(s, vmid, F_INFO_vm_next_load_info, 0);
	GOES(verify_and_load_images, VERIFIED);
	if (n > MAX_LOAD_INFO_NUM || (n && !is_vm(vmid))) {
		effect_stuck(out);
		return;
	}
	for (u32 i = 0; i < n && !in.over; i++) {
		u64 remap = abs_vm(s, vmid, F_INFO_vm_remap_addr, i);

		load_image(&in, vmid, abs_vm(s, vmid, F_INFO_vm_load_addr, i), remap,
		           abs_vm(s, vmid, F_INFO_vm_mapped_pages, i));
		if (in.over || is_good(&in, vmid, remap))
			continue;
		GOES(verify_and_load_images, BAD_IMAGE);
		effect_halts(out, in.keeps);
		in.over = true;
	}
	for (u32 i = 0; i < n && !in.over && !abs_published(s, ERRATUM_IMAGE_FRAMES); i++)
		same_frames(&in, vmid, abs_vm(s, vmid, F_INFO_vm_load_addr, i),
		            abs_vm(s, vmid, F_INFO_vm_remap_addr, i),
		            abs_vm(s, vmid, F_INFO_vm_mapped_pages, i));
	if (!in.over)
		effect_vm(out, s, vmid, F_INFO_vm_state, 0, value_of(VERIFIED));
	if (!out->stuck)
		effect_take_any(out, MV_STREAM_VERIFY_IMAGE, (u16)vmid);
}
