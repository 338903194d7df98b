#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Each erratum has a script that shows both outcomes, tests/errata/NAME.hyp, and each script an erratum.
. "$(dirname "$0")/lib"

{
	sed -n 's/^ERRATUM([A-Z0-9_]*, "\([a-z0-9-]*\)".*/\1/p' sim/base/errata.def | while read -r id; do
		[ -f "tests/errata/$id.hyp" ] || echo "sim/base/errata.def: $id: tests/errata/$id.hyp is missing"
	done
	for script in tests/errata/*.hyp; do
		grep -q "\"$(basename "$script" .hyp)\"" sim/base/errata.def || echo "$script: there is no such erratum"
	done
} | verdict
