#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A file has at most 600 lines, a C function at most 70 (from its opening to its closing brace).
. "$(dirname "$0")/lib"

all_files | grep -E '\.(c|h|def|sh|cmake)$|^dev$' | xargs awk '
	function ends()
	{
		if (lines > 600)
			print file ":601: " lines " lines (600)"
	}
	FNR == 1 { ends(); file = FILENAME; open = 0 }
	{ lines = FNR }
	/^{/ { open = FNR }
	/^}/ && open {
		if (FNR - open - 1 > 70)
			print file ":" open ": a function of " FNR - open - 1 " lines (70)"
		open = 0
	}
	END { ends() }' | verdict
