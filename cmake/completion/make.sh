#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# make.sh HYPSIM SHARE: completion for bash and zsh into the folder SHARE, of the rows that the program itself prints (--completion) and
# words.txt.  Both shells have the same table, a line a word that can be typed: COMMAND, WORD, whether it has a value, the value's sort, its
# words, the sentence.  A command's arguments are the word "*".
set -euf
hypsim=$1 bash=$2/bash-completion/completions zsh=$2/zsh/site-functions
here=$(dirname "$0")
table=$(mktemp)
trap 'rm -f "$table"' EXIT

# words NAME: what @NAME in words.txt stands for.
words()
{
	case $1 in
	lists) "$hypsim" list | sed 's/ .*//' ;;
	events) sed -n 's/^EVENT(\([A-Z0-9_]*\),.*/\1/p; s/^MARK([A-Z0-9_]*, *\([a-z]*\),.*/\1/p' \
		"$here/../../sim/log/event.def" "$here/../../sim/log/mark.def" ;;
	# Those that a log can break; the others say why a command fails.
	rules) "$hypsim" list rules --json | tr -d '\n' | sed 's/}/\n/g' | sed -n 's/.*"id": "\([^"]*\)", *"kind": "\(fold\|check\|stuck\)".*/\1/p' ;;
	*) "$hypsim" list "$1" --json | sed -n 's/^ *"id": "\(.*\)",*$/\1/p' ;;
	esac
}

# The rows of words.txt, each @NAME as its words: COMMAND, OPTION, SORT, WORDS between tabs.
values()
{
	grep '|' "$here/words.txt" | grep -v '^#' | while IFS='|' read -r command option sort list; do
		all=
		for word in $list; do
			case $word in
			*@*)
				name=${word#*@}
				behind=${name#"${name%%=*}"}
				for one in $(words "${name%%=*}"); do
					all="$all ${word%%@*}$one$behind"
				done ;;
			*) all="$all $word" ;;
			esac
		done
		printf '%s\t%s\t%s\t%s\n' "$(echo $command)" "$(echo $option)" "$(echo $sort)" "${all# }"
	done
}

# rows COMMAND...: what the program says of it, each row behind the command's name.
rows()
{
	"$hypsim" "$@" --completion | sed "s/^/$*	/"
}

commands() {
	"$hypsim" "$@" --completion | cut -f1
}

{
	rows
	printf '\thelp\t\tno\t\tsay more of a command\n\t--help\t-h\tno\t\tsay what there is\n\t--version\t-V\tno\t\tsay which version it is\n'
	for command in $(commands); do
		rows "$command"
	done
	for command in $(commands log); do
		rows log "$command"
	done
} >"$table.rows"
values >"$table.values"
awk -F'\t' -v OFS='\t' '
NR == FNR {
	sort[$1, $2] = $3
	words[$1, $2] = $4
	next
}
# What the value is by the name that --help has for it.
function by_name(value) {
	the_words = ""
	if (value ~ /^(FILE|OLD|LOG|IN|A B)/)
		return "file"
	if (value ~ /^(FOLDER|DIR)$/)
		return "folder"
	if (value !~ /^[a-z,|]+$/)
		return "none"
	the_words = value
	gsub(/\|/, " ", the_words)
	return "words"
}
{
	if ($4 == "no") {
		the_words = ""
		is = "none"
	} else if (($1, $2) in sort) {
		is = sort[$1, $2]
		the_words = words[$1, $2]
	} else if (("any", $2) in sort) {
		is = sort["any", $2]
		the_words = words["any", $2]
	} else if ($2 == "*") {
		is = "file"
		the_words = ""
	} else
		is = by_name($5)
	sentence = $6
	sub(/[;:(.,] .*/, "", sentence)
	if ($2 != "")
		print $1, $2, $4, is, the_words, sentence
	if ($3 != "")
		print $1, $3, $4, is, the_words, sentence
}' "$table.values" "$table.rows" >"$table"
rm -f "$table.values" "$table.rows"

mkdir -p "$bash" "$zsh"
for shell in bash zsh; do
	sed "/^@TABLE@\$/{
		r $table
		d
	}" "$here/hypsim.$shell" >"$table.$shell"
done
mv "$table.bash" "$bash/hypsim"
mv "$table.zsh" "$zsh/_hypsim"
chmod 644 "$bash/hypsim" "$zsh/_hypsim"
ln -sf hypsim "$bash/hypsim-check"
echo "completions: $bash $zsh"
