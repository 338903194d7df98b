#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# run.sh SCRIPT: its expectations hold; with "published" and "intended" exchanged they do not: the two sides differ.
script=$1
id=$(basename "$script" .hyp)
turned=$(mktemp)
trap 'rm -f "$turned"' EXIT

for side in published intended; do
	grep -q "^erratum $id $side" "$script" || {
		echo "$script: 'erratum $id $side' is missing"
		exit 1
	}
done
"$HYPSIM" exec "$script" || {
	echo "$script: exit status $?"
	exit 1
}
sed "s/^erratum $id published/erratum $id SIDE/; s/^erratum $id intended/erratum $id published/
	s/^erratum $id SIDE/erratum $id intended/" "$script" >"$turned"
"$HYPSIM" exec "$turned" >/dev/null
status=$?
[ $status -eq 1 ] || {
	echo "$script: with the sides exchanged the exit status is $status, not 1: it does not show the difference"
	exit 1
}
