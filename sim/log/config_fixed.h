/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Memory regions and the SMMUs in a configuration's JSON: "regions" and "smmu_conf". */
#include "shmem/obj/fixed_types.h"
#include "sim/base/err.h"

#include <jansson.h>

/* [[base, size, index, flag], ...]; {"smmu_num": n, "smmu_phys_base": [n], ...}.  The caller's. */
json_t *regions_to_json(const struct fixed *f);
json_t *smmu_to_json(const struct smmu_conf *s);

/*
 * Read them into @f; nothing of @v is trusted: at most MAX_MEMBLOCK_NUM regions as region_wrong() wants them, and of the SMMUs
 * each field once, each number within what shmem/obj/smmu_conf.def says, registers below 2^48 that do not overlap.
 * Errors: ERR_CONFIG names the key and the place.
 */
MUST_CHECK int regions_from_json(struct fixed *f, const json_t *v, struct err *e);
MUST_CHECK int smmu_from_json(struct smmu_conf *s, json_t *v, struct err *e);
