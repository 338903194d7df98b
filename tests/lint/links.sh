#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What README and the pages of docs point to is there: the file of each link, the heading behind its #, and each file that
# stands in backquotes with its folder (`tests/law/law_explore.c`; `*` and "NAME" stand for anything).
. "$(dirname "$0")/lib"

pages()
{
	for page in README.md docs/*.md; do
		[ ! -f "$page" ] || echo "$page"
	done
}

# "head PAGE ANCHOR" of each heading, "link PAGE LINE TARGET" of each link, "name PAGE LINE FILE" of each file.
found()
{
	pages | xargs awk '
	function anchor(s)
	{
		s = tolower(s)
		gsub(/[^a-z0-9_ -]/, "", s)
		gsub(/ /, "-", s)
		return s
	}
	function each(s, pattern, skip, kind)
	{
		while (match(s, pattern)) {
			w = substr(s, RSTART + skip, RLENGTH - skip - 1)
			s = substr(s, RSTART + RLENGTH)
			if (kind == "link" || w ~ /^(bench|cmake|cpu|docs|include|lock|oracle|scenarios|shmem|sim|tests)\/[^ ]*$/)
				print kind, FILENAME, FNR, w
		}
	}
	FNR == 1 { block = 0 }
	/^```/ { block = !block }
	block { next }
	/^#+ / {
		s = $0
		sub(/^#+ /, "", s)
		print "head", FILENAME, anchor(s)
	}
	{
		each($0, "\\]\\([^)]*\\)", 2, "link")
		each($0, "`[^`]*`", 1, "name")
	}'
}

# Each link and name that @1 (headings and links) has, and that leads nowhere.
leads_nowhere()
{
	found >"$1"
	while read -r kind page line target; do
		[ "$kind" != head ] || continue
		case $target in
		http:* | https:*) continue ;;
		esac
		file=${target%%#*}
		[ "$kind" = name ] || {
			file=${file:+$(dirname "$page")/$file}
			file=${file:-$page}
			file=${file#./}
		}
		pattern=$(echo "$file" | sed 's/NAME/*/')
		# The pattern is to be expanded.
		set -- "$1" $pattern
		[ -e "$2" ] || {
			echo "$page:$line: there is no $file"
			continue
		}
		[ "$kind" = link ] && [ "$target" != "${target#*#}" ] || continue
		grep -qxF "head $file ${target#*#}" "$1" || echo "$page:$line: $file has no heading #${target#*#}"
	done <"$1"
}

list=$(mktemp) || exit 2
trap 'rm -f "$list"' EXIT
leads_nowhere "$list" | verdict
