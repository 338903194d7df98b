# SPDX-License-Identifier: GPL-2.0-only
# cmake --install into a folder of its own: the programs run from there, each command has a page for man that names each of its options, and
# completion is there (cli.completion).
. "$SOURCE/tests/cli/kit.inc"

expect 0 "install" env DESTDIR="$dir" cmake --install "$BUILD" --prefix /usr
bin=$dir/usr/bin
man=$dir/usr/share/man/man1
expect 0 "hypsim" "$bin/hypsim" --version
says out "hypsim "
expect 1 "hypsim-check" "$bin/hypsim-check" "$SOURCE/tests/logs/bad/HOST_ISO.log"
unset TSAN_OPTIONS ASAN_OPTIONS
expect 0 "doctor" "$bin/hypsim" doctor

# What a lock of one's own includes can be found there, and needs nothing of the tree.
echo '#include <hypsim/bench_lock.h>' >"$dir/mine.c"
expect 0 "header" "$CC" -std=c11 -Wall -Wextra -Werror -fsyntax-only -I"$dir/usr/include" "$dir/mine.c"

# Each page is roff, and has each option of --help.
expect 0 "pages" python3 - "$bin/hypsim" "$man" <<'END'
import pathlib
import re
import subprocess
import sys

hypsim, man = sys.argv[1], pathlib.Path(sys.argv[2])
pages = set()


def run(*args):
    return subprocess.run([hypsim, *args], stdout=subprocess.PIPE, text=True, check=True).stdout


def roff(page):
    """Requests are those that a page needs, each known; no line is one by accident."""
    text = (man / page).read_text()
    pages.add(page)
    lines = text.splitlines()
    assert lines[0].startswith(".TH HYPSIM"), page
    assert re.match(r"hypsim.* \\- \S", lines[2]), (page, lines[2])
    for line in lines:
        assert line[:1] not in (".", "'") or re.match(r"\.(TH|SH|TP|B|br|nf|fi)( |$)", line), (page, line)
        assert not re.search(r"\\[^-efR&]", line), (page, line)
    return text


def commands(*args):
    return re.findall(r"^  ([a-z][a-z-]*) +\S", run(*args, "--help"), re.M)


def check(*command):
    text = roff("-".join(("hypsim",) + command) + ".1")
    for short, name in re.findall(r"^ *(?:-(.), )?--([a-z-]+)", run(*command, "--help"), re.M):
        if name in ("help", "usage", "version"):
            continue
        assert "\\fB\\-\\-" + name.replace("-", "\\-") + "\\fR" in text, (command, name)
        assert not short or f"\\fB\\-{short}\\fR, \\fB" in text, (command, short)


text = roff("hypsim.1")
for command in commands():
    assert f"\\fBhypsim {command}".replace("-", "\\-") + "\\fR\n" in text, command
    if command != "log":
        check(command)
text = roff("hypsim-log.1")
for command in commands("log"):
    assert f"\\fBhypsim log {command}\\fR\n" in text, command
    check("log", command)
assert pages == {p.name for p in man.iterdir()}, pages ^ {p.name for p in man.iterdir()}
print(len(pages), "pages")
END
says out "28 pages"
grep -q '^\\fB\\-\\-junit\\fR=\\fIFILE\\fR$' "$man/hypsim-check.1" || fail "--junit has no value"
grep -qF -- '\fB\-\-admit\fR[=\fIN\fR]' "$man/hypsim-run.1" || fail "--admit: its value is not optional"
! grep -q provoke "$man/hypsim-doctor.1" || fail "what is hidden has an entry"
for f in bash-completion/completions/hypsim bash-completion/completions/hypsim-check zsh/site-functions/_hypsim; do
	[ -s "$dir/usr/share/$f" ] || fail "usr/share/$f is missing"
done
expect 2 "--completion beside other words" "$bin/hypsim" run storm --completion
expect 2 "--man beside other words" "$bin/hypsim" run storm --man
finish
