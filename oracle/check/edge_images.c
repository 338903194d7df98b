// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is checked of a boot image is what its VM runs: its pages are the VM's by then, nothing changes them until the VM is verified,
 * and no image is left out.  [spec X15]
 *
 * The pages of an image are those that the VM's table has at its load address, as many as were remapped of it.
 */
#include "oracle/check/check_if.h"
#include "oracle/check/facts.h"
#include "oracle/check/known.h"
#include "sim/base/addr.h"
#include "sim/log/mark_arg.h"

#include <inttypes.h>

enum {
	MOST_PAGES = 1 << 14
}; /* of an image, and frames of one change, that are asked for: the core's window has half as many */

/**
 * struct edge_images
 * @says:    the log of this episode tells of values from outside
 * @open:    (bits) VMs of which an image was checked, and that are not verified
 * @checked: [vmid] (bits) images that were checked, and were good
 * @passed:  (bits) VMs whose lock was passed on since
 */
struct edge_images {
	u64 says, open, passed;
	u64 checked[N_VMID];
};

static u64 value(const struct judge *j, u64 vmid, u32 field, u64 i)
{
	return world_value(j->world, INFO_ID + (lk_t)vmid, field, i);
}

/* Does the VM have image @i? */
static bool has_image(const struct judge *j, u64 vmid, u64 i)
{
	return i < value(j, vmid, F_INFO_vm_next_load_info, 0) ||
	       value(j, vmid, F_INFO_vm_mapped_pages, i) != 0;
}

static u64 first_gfn(const struct judge *j, u64 vmid, u64 i)
{
	return value(j, vmid, F_INFO_vm_load_addr, i) / PAGE_SIZE;
}

static void set_open(struct judge *j, struct edge_images *k, u64 vmid, u64 checked)
{
	KEEP(j, k->open);
	KEEP(j, k->passed);
	KEEP(j, k->checked[vmid]);
	k->checked[vmid] = checked;
	k->passed &= ~(1ull << vmid);
	k->open &= ~(1ull << vmid);
	k->open |= checked ? 1ull << vmid : 0;
}

static void facts_image(struct facts *f, u64 vmid, u64 i)
{
	facts_init(f);
	f->vms = 1u << vmid;
	facts_value(f, fact_n("vmid", vmid));
	facts_value(f, fact_n("image", i));
	facts_add(f, "image %" PRIu64 " of VM %" PRIu64, i, vmid);
}

/* Image @i is about to be checked. */
static void pages(struct judge *j, u64 vmid, u64 i)
{
	u64 n = value(j, vmid, F_INFO_vm_mapped_pages, i), gfn = first_gfn(j, vmid, i);

	if (!trusts(j, CHK_IMAGES, 1ull << (NPT_ID + vmid) | 1ull << S2PAGE_ID))
		return;
	if (n > MOST_PAGES) {
		not_judged(j, CHK_IMAGES, UNJUDGED_MANY);
		return;
	}
	evaluated(j, CHK_IMAGES);
	for (u64 end = gfn + n; gfn < end; gfn++) {
		struct maplet m = world_npt(j->world, (vmid_t)vmid, gfn);
		struct facts f;

		if (m.pfn && world_page(j->world, m.pfn).owner == vmid)
			continue;
		facts_image(&f, vmid, i);
		facts_add(&f, " is checked; ");
		facts_maplet(&f, j->world, (vmid_t)vmid, gfn, m);
		if (m.pfn)
			facts_page(&f, j->world, m.pfn, world_page(j->world, m.pfn));
		found_facts(j, ROW_IMAGES_PAGES, j->at, &f);
		return;
	}
}

static void checks(struct judge *j, struct edge_images *k, const struct event *e)
{
	u64 vmid = e->args[1], addr = e->args[2];
	bool good = e->n > 4 && e->args[4] != 0;

	if (!is_vm(vmid) || !trusts(j, CHK_IMAGES, 1ull << (INFO_ID + vmid)))
		return;
	for (u64 i = 0; i < MAX_LOAD_INFO_NUM; i++) {
		if (!has_image(j, vmid, i) || value(j, vmid, F_INFO_vm_remap_addr, i) != addr)
			continue;
		pages(j, vmid, i);
		if (good)
			set_open(j, k, vmid, k->checked[vmid] | 1ull << i);
		return;
	}
}

static void mark(struct judge *j, void *own, const struct event *e)
{
	struct edge_images *k = own;

	if (e->kind != MARK_ENTER && e->kind != MARK_OUTSIDE)
		return;
	if (!k->says) {
		KEEP(j, k->says);
		k->says = true;
	}
	if (e->kind == MARK_OUTSIDE && e->args[0] == MV_STREAM_VERIFY_IMAGE)
		checks(j, k, e);
}

/* The image that was checked, of those of @vmid, which has page @gfn; MAX_LOAD_INFO_NUM: none. */
static u64 checked_image(const struct judge *j, const struct edge_images *k, u64 vmid, u64 gfn)
{
	u64 i = 0;

	for (; i < MAX_LOAD_INFO_NUM; i++)
		if (k->checked[vmid] >> i & 1 &&
		    gfn - first_gfn(j, vmid, i) < value(j, vmid, F_INFO_vm_mapped_pages, i))
			break;
	return i;
}

/* Page @gfn of @vmid is at frame @pfn, which is changed. */
static void frame(struct judge *j, const struct edge_images *k, const struct section *s, u64 vmid,
                  u64 gfn, u64 pfn, const char *how)
{
	struct facts f;
	u64 i;

	if (!is_vm(vmid) || !(k->open >> vmid & 1) ||
	    !trusts(j, CHK_IMAGES, 1ull << (INFO_ID + vmid)))
		return;
	i = checked_image(j, k, vmid, gfn);
	if (i == MAX_LOAD_INFO_NUM)
		return;
	facts_image(&f, vmid, i);
	facts_add(&f, " was checked; frame 0x%" PRIx64 " of it %s", pfn, how);
	if (s->op)
		facts_add(&f, " by %s", op_function(s->op->op));
	if (s->op && (s->op->op == OP_save_encrypt_buf || s->op->op == OP_load_decrypt_buf))
		f.by = 1u << KNOWN_BUF_PFN;
	found_facts(j, ROW_IMAGES_CHANGED, j->at, &f);
}

/* What the core has of each image, which was checked, against what the VM has. */
static void other_frames(struct judge *j, u64 vmid)
{
	u64 tables = 1ull << (NPT_ID + vmid) | 1ull << (NPT_ID + COREVISOR);
	struct facts f;

	if (!trusts(j, CHK_IMAGES, tables))
		return;
	for (u64 i = 0; i < MAX_LOAD_INFO_NUM; i++) {
		u64 n = min_u64(value(j, vmid, F_INFO_vm_mapped_pages, i), MOST_PAGES);
		u64 remap = value(j, vmid, F_INFO_vm_remap_addr, i) / PAGE_SIZE;
		u64 gfn = first_gfn(j, vmid, i);

		for (u64 at = 0; has_image(j, vmid, i) && at < n; at++) {
			struct maplet was = world_npt(j->world, COREVISOR, remap + at);
			struct maplet is = world_npt(j->world, (vmid_t)vmid, gfn + at);

			if (was.pfn == is.pfn)
				continue;
			facts_image(&f, vmid, i);
			facts_add(&f, " is at other frames than were checked: ");
			facts_maplet(&f, j->world, COREVISOR, remap + at, was);
			facts_add(&f, "; ");
			facts_maplet(&f, j->world, (vmid_t)vmid, gfn + at, is);
			f.by = 1u << KNOWN_IMAGE_FRAMES;
			found_facts(j, ROW_IMAGES_OTHER, j->at, &f);
			return;
		}
	}
}

static void verified(struct judge *j, struct edge_images *k, u64 vmid)
{
	struct facts f;

	if (!k->says || !trusts(j, CHK_IMAGES, 1ull << (INFO_ID + vmid)))
		return;
	evaluated(j, CHK_IMAGES);
	for (u64 i = 0; i < MAX_LOAD_INFO_NUM; i++) {
		if (!has_image(j, vmid, i) || k->checked[vmid] >> i & 1)
			continue;
		facts_image(&f, vmid, i);
		facts_add(&f, " was not checked, or was bad");
		found_facts(j, ROW_IMAGES_LEFT_OUT, j->at, &f);
		return;
	}
	other_frames(j, vmid);
	if (!(k->passed >> vmid & 1))
		return;
	facts_init(&f);
	facts_value(&f, fact_n("vmid", vmid));
	facts_add(&f, "images of VM %" PRIu64 " were checked, and its lock was passed on since",
	          vmid);
	found_facts(j, ROW_IMAGES_PASSED, j->at, &f);
}

static void record(struct judge *j, struct edge_images *k, const struct section *s,
                   const struct change *c)
{
	struct facts f;

	if (!is_vm(c->who) || c->field < F_INFO_vm_load_addr || c->field > F_INFO_vm_mapped_pages ||
	    !(k->checked[c->who] >> (c->at & 63) & 1) ||
	    !trusts(j, CHK_IMAGES, 1ull << (INFO_ID + c->who)))
		return;
	facts_image(&f, c->who, c->at);
	facts_add(&f, " was checked; %s goes from 0x%" PRIx64 " to 0x%" PRIx64 "%s%s",
	          obj_field(OBJ_INFO, c->field)->name, c->before.v, c->after.v, s->op ? " by " : "",
	          s->op ? op_function(s->op->op) : "");
	found_facts(j, ROW_IMAGES_CHANGED, j->at, &f);
}

static void change(struct judge *j, void *own, const struct section *s, const struct change *c)
{
	struct edge_images *k = own;

	if (c->kind == CH_VM) {
		record(j, k, s, c);
		return;
	}
	if (likely(!k->open))
		return;
	if (c->kind == CH_PAGE && c->before.page.owner != c->after.page.owner)
		frame(j, k, s, c->before.page.owner, c->before.page.gfn, c->at, "is taken away");
	for (u64 i = 0; c->kind == CH_FLAT && i < c->n && i < MOST_PAGES; i++) {
		struct page p = world_page(j->world, c->at + i);

		frame(j, k, s, p.owner, p.gfn, c->at + i, "is changed");
	}
}

/* The VM's record is as it is behind the push. */
static void section(struct judge *j, void *own, const struct section *s)
{
	struct edge_images *k = own;

	for (u32 i = 0; i < s->n; i++) {
		const struct change *c = &s->change[i];

		if (c->kind != CH_VM || c->field != F_INFO_vm_state || !is_vm(c->who))
			continue;
		if (c->after.v == VERIFIED)
			verified(j, k, c->who);
		if (k->open >> c->who & 1)
			set_open(j, k, c->who, 0);
	}
}

static void passed(struct judge *j, void *own, const struct section *s)
{
	struct edge_images *k = own;

	if (likely(!k->open) || !(k->open >> (s->lk - INFO_ID) & 1))
		return;
	KEEP(j, k->passed);
	k->passed |= 1ull << (s->lk - INFO_ID);
}

const struct state_check check_images = {
	.id = CHK_IMAGES,
	.changes = 1 << CH_VM | 1 << CH_PAGE | 1 << CH_FLAT,
	.bytes = sizeof(struct edge_images),
	.change = change,
	.objects = 1 << OBJ_INFO,
	.section = section,
	.passed = passed,
	.marks = STATE_MARK(MARK_ENTER) | STATE_MARK(MARK_OUTSIDE),
	.mark = mark,
};
