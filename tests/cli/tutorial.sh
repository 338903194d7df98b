# SPDX-License-Identifier: GPL-2.0-only
# The blocks of all pages that say "console": each command runs, in the order of its page, and prints what the page says.
# A line "..." of a page stands for any lines, one that ends with " ..." for any that begins so.  In blocks "console numbers
# differ" a number is any number; a block "console free" is not run: it takes seconds, or prints other rows each time.  A
# command in a block that says none of these would be run by nobody, so there may be none.
. "$SOURCE/tests/cli/kit.inc"

PATH=$(dirname "$HYPSIM"):$PATH

# split PAGE: files N.cmd, N.out and N.mode in the current folder, N from 1 on; prints how many.
split()
{
	awk '
	function finish() { if (n) { close(n ".cmd"); close(n ".out") } }
	/^```/ {
		block = !block && $1 == "```console" && $2 != "free"
		plain = !plain && $1 == "```" && !any
		any = !any
		mode = /numbers differ/ ? "differ" : "exact"
		finish()
		next
	}
	plain && /^\$ / { print FILENAME ":" FNR ": " $0 >"unmarked" }
	!block { next }
	/^\$ / && !here {
		finish()
		n++
		print mode >(n ".mode")
		close(n ".mode")
		printf "" >(n ".out")
		print substr($0, 3) >(n ".cmd")
		here = /<<.END.$/
		next
	}
	here { print >(n ".cmd"); if ($0 == "END") here = 0; next }
	{ print >(n ".out") }
	END { print n + 0 }' "$1"
}

# same N: what command N printed is what the page says.
same()
{
	awk -v mode="$(cat "$1.mode")" '
	function plain(s)
	{
		sub(/[ \t]+$/, "", s)
		if (mode == "exact")
			return s
		gsub(/0x[0-9a-f]+|[0-9]+(\.[0-9]+)?/, "N", s)
		gsub(/N [kM]?\/s/, "N/s", s)
		gsub(/[ \t]+/, " ", s)
		return s
	}
	function fits(w, g)
	{
		if (w ~ / \.\.\.$/)
			return substr(g, 1, length(w) - 3) == substr(w, 1, length(w) - 3)
		return w == g
	}
	NR == FNR { want[++w] = plain($0); next }
	# Only where somebody else computes meanwhile.
	/^a yield cost .* the machine is shared; waiters sleep$/ { next }
	{ got[++g] = plain($0) }
	END {
		at = 1
		for (i = 1; i <= w; i++) {
			if (want[i] == "...") {
				any = 1
				continue
			}
			while (any && at < g && !fits(want[i], got[at]))
				at++
			any = 0
			if (at > g || !fits(want[i], got[at])) {
				print "the page says \"" want[i] "\", the command \"" got[at] "\""
				exit 1
			}
			at++
		}
		if (at <= g && !any) {
			print "the page does not say \"" got[at] "\""
			exit 1
		}
	}' "$1.out" "$1.got"
}

total=0
for page in README.md $(cd "$SOURCE" && echo docs/*.md); do
	folder=$dir/$(basename "$page" .md)
	mkdir "$folder"
	cd "$folder" || exit 1
	ln -s "$SOURCE/tests" tests
	n=$(split "$SOURCE/$page")
	name=$page
	[ ! -s unmarked ] || fail "a command in a block that is not console: $(cat unmarked)"
	for i in $(seq 1 "$n"); do
		sh "$i.cmd" >"$i.got" 2>&1
		same "$i" >"$i.diff" || fail "$page: $(head -n 1 "$i.cmd"): $(cat "$i.diff")"
	done
	total=$((total + n))
	case $page:$n in
	README.md:? | docs/tutorial.md:? | docs/explore.md:?) fail "$page: only $n commands" ;;
	docs/two-run.md:0 | docs/json.md:0 | docs/scale-out.md:0) fail "$page: no command" ;;
	esac
done
[ "$total" -ge 50 ] || fail "only $total commands in all pages"

# The comparison can fail: another line, a line too many, one too few, another number.
cd "$dir" || exit 1
printf 'a\nb 1\n' >1.got
for bad in 'a\nb 2\n' 'a\nc ...\n' 'a\n' 'a\nb 1\nc\n' '...\nc\n' 'b 1\n...\n'; do
	echo exact >1.mode
	printf "$bad" >1.out
	same 1 >1.diff && fail "the comparison does not see that it is not '$bad'"
done
for good in 'a\nb 1\n' 'a\nb ...\n' '...\n' 'a\n...\n' '...\nb 1\n'; do
	printf "$good" >1.out
	same 1 >1.diff || fail "the comparison does not see that it is '$good'"
done
echo differ >1.mode
printf 'a\nb 22.5\n' >1.out
same 1 || fail "another number is seen where numbers differ"
finish
