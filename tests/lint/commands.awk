# SPDX-License-Identifier: GPL-2.0-only
# Words of shell scripts in the place of a command: "FILE:LINE: WORD" for each, and "FILE:LINE: WORD()" for a function that
# is defined there.  Words that an expansion makes are left out, and so are strings, but for what `sh -c` runs.
#
# It reads as the shell does, as far as our scripts go: quotes, expansions, substitutions within each other, patterns of
# `case`, here-documents, redirections; no backquotes.  How it stands is a stack, a level for each that is open: [c]ommands
# of $(...), [p]arentheses, [s]tring of sh -c, double [q]uotes, [b]races of ${...}, [a]rithmetic.

BEGIN {
	split("if then elif else while until do ! {", list, " ")
	for (i in list)
		goes_on[list[i]] = 1
	split("fi done } for", list, " ")
	for (i in list)
		no_command[list[i]] = 1
	# How many words that are no options stand before the command that these run, and options that take a word.
	split("exec 0 command 0 env 0 nice 0 xargs 0 timeout 1 setarch 1 expect 2 ends 2 quiet 1 under 0 usage 99", list, " ")
	for (i = 1; i in list; i += 2)
		before[list[i]] = list[i + 1]
	takes["timeout-s"] = takes["timeout-k"] = takes["xargs-n"] = takes["xargs-I"] = takes["nice-n"] = 1
	EXPANDED = "\001"
}

function begin_file()
{
	depth = 0
	level[0] = "c"
	cmd = 1
	word = runner = delimiter = ""
	pattern = awaits_in = to_file = skip = minus_c = here_begun = 0
}

function push(kind)
{
	k_cmd[depth] = cmd
	k_word[depth] = word
	k_pattern[depth] = pattern
	k_in[depth] = awaits_in
	k_file[depth] = to_file
	k_runner[depth] = runner
	k_skip[depth] = skip
	level[++depth] = kind
	if (kind ~ /[cps]/) {
		cmd = 1
		word = runner = ""
		pattern = awaits_in = to_file = skip = 0
	}
}

function pop(kind)
{
	kind = level[depth--]
	if (kind ~ /[cps]/) {
		cmd = k_cmd[depth]
		word = k_word[depth]
		pattern = k_pattern[depth]
		awaits_in = k_in[depth]
		to_file = k_file[depth]
		runner = k_runner[depth]
		skip = k_skip[depth]
	}
	if (kind == "p")
		cmd = 0
	else if (depth >= 0)
		word = word EXPANDED
}

# A word is over; @w: it.
function ended(w)
{
	word = ""
	if (w == "")
		return
	if (to_file) {
		to_file = 0
	} else if (pattern) {
		if (w == "esac")
			pattern = cmd = 0
	} else if (awaits_in) {
		if (w == "in") {
			awaits_in = 0
			pattern = 1
		}
	} else if (cmd) {
		first_word(w)
	} else if (runner != "") {
		argument(w)
	}
}

function first_word(w)
{
	if (w ~ /^[A-Za-z_][A-Za-z0-9_]*=/ || w in goes_on)
		return
	cmd = 0
	runner = ""
	minus_c = 0
	if (w == "case") {
		awaits_in = 1
		return
	}
	if (w in no_command || w == "esac")
		return
	if (index(w, EXPANDED) == 0)
		print FILENAME ":" FNR ": " w
	if (w == "sh" || w in before) {
		runner = w
		skip = w in before ? before[w] : 99
	}
}

# An argument of what may run another command.
function argument(w)
{
	if (runner == "sh") {
		minus_c = w == "-c"
		return
	}
	if (w ~ /^-/) {
		if ((runner w) in takes)
			skip++
		return
	}
	if (runner == "env" && w ~ /=/)
		return
	if (skip-- > 0)
		return
	runner = ""
	first_word(w)
}

function separator(c)
{
	ended(word)
	runner = ""
	minus_c = 0
	cmd = 1
	if (c == ";;" && !awaits_in)
		pattern = 1
}

# What of the line is left behind a here-document's word at @i.
function here(line, i)
{
	i += substr(line, i, 1) == "-"
	while (substr(line, i, 1) == " ")
		i++
	match(substr(line, i), /^['"]?[A-Za-z_0-9]+['"]?/)
	delimiter = substr(line, i, RLENGTH)
	gsub(/['"]/, "", delimiter)
	return i + RLENGTH
}

# One character of commands at @i; where the next one is.
function in_commands(line, i,    c, two)
{
	c = substr(line, i, 1)
	two = substr(line, i, 2)
	if (c == "'" && level[depth] == "s") {
		ended(word)
		pop()
	} else if (c == "'" && minus_c) {
		minus_c = 0
		push("s")
	} else if (c == "'") {
		word = word EXPANDED
		single = 1
	} else if (c == "\"") {
		push("q")
	} else if (c == "\\") {
		if (i < length(line))
			word = word EXPANDED
		return i + 2
	} else if (c == "#" && word == "") {
		return length(line) + 1
	} else if (c == " " || c == "\t") {
		ended(word)
	} else if (two == "()" && cmd) {
		print FILENAME ":" FNR ": " word "()"
		word = ""
		return i + 2
	} else if (c == "(") {
		ended(word)
		if (!pattern)
			push("p")
	} else if (c == ")" && pattern) {
		word = ""
		pattern = 0
		cmd = 1
	} else if (c == ")") {
		ended(word)
		pop()
	} else if (two == ";;") {
		separator(two)
		return i + 2
	} else if (c == "|" && pattern) {
		word = ""
	} else if (c ~ /[;|&]/) {
		separator(c)
	} else if (two == "<<") {
		return here(line, i + 2)
	} else if (c == "<" || c == ">") {
		ended(word ~ /^[0-9]$/ ? "" : word)
		to_file = 1
		while (substr(line, i + 1, 1) ~ /[>&|]/)
			i++
	} else {
		return expansion(line, i)
	}
	return i + 1
}

# A character that is of a word, or of quotes: an expansion begins, or not.
function expansion(line, i,    c)
{
	c = substr(line, i, 1)
	if (substr(line, i, 3) == "$((") {
		push("a")
		parens = 2
		return i + 3
	}
	if (substr(line, i, 2) == "$(") {
		push("c")
		return i + 2
	}
	if (substr(line, i, 2) == "${") {
		push("b")
		return i + 2
	}
	if (level[depth] ~ /[cps]/)
		word = word (c == "$" ? EXPANDED : c)
	return i + 1
}

function in_text(line, i,    c)
{
	c = substr(line, i, 1)
	if (level[depth] == "q" && c == "\\")
		return i + 2
	if (level[depth] == "q" && c == "\"" || level[depth] == "b" && c == "}") {
		pop()
		return i + 1
	}
	if (level[depth] == "b" && c == "\"") {
		push("q")
		return i + 1
	}
	if (level[depth] == "a" && substr(line, i, 2) != "$(") {
		parens += c == "("
		parens -= c == ")"
		if (parens == 0)
			pop()
		return i + 1
	}
	return expansion(line, i)
}

FNR == 1 { begin_file() }

# Of a page, what a reader is to type.
FILENAME ~ /\.md$/ {
	if (!sub(/^\$ /, ""))
		next
	begin_file()
}

delimiter != "" && here_begun {
	line = $0
	sub(/^\t+/, "", line)
	if (line == delimiter)
		delimiter = ""
	here_begun = delimiter != ""
	next
}

{
	i = 1
	if (single) {
		i = index($0, "'")
		if (!i)
			next
		single = 0
		i++
	}
	while (i <= length($0)) {
		i = level[depth] ~ /[cps]/ ? in_commands($0, i) : in_text($0, i)
		if (single) {
			rest = index(substr($0, i), "'")
			if (!rest)
				next
			single = 0
			i += rest
		}
	}
	here_begun = delimiter != ""
	if (level[depth] ~ /[cps]/ && $0 !~ /\\$/)
		separator("\n")
}
