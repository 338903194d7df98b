# SPDX-License-Identifier: GPL-2.0-only
"""What a shell offers for the begin of a line: Bash(file) by its function, Zsh(folder) at a prompt of its own."""
import os
import pty
import re
import select
import subprocess
import tempfile
import time

BASH = r"""
. "$1"
while IFS= read -r COMP_LINE; do
	COMP_POINT=${#COMP_LINE}
	read -r -a COMP_WORDS <<<"$COMP_LINE"
	[[ $COMP_LINE == *' ' ]] && COMP_WORDS+=('')
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	_hypsim
	echo "${COMPREPLY[*]}"
done
"""

# compadd tells what it has added; a key completes and writes that to the file $said.
ZSH = r"""
PS1='ready> '
fpath=($folder $fpath)
autoload -Uz compinit
compinit -u -D
compadd() {
	local -a added
	# These ask which words match, and add none.
	if [[ -n ${@[(r)-[OAD]]} ]]; then
		builtin compadd "$@"
		return
	fi
	builtin compadd -A added "$@"
	offered+=($added)
	builtin compadd "$@"
}
tell() {
	offered=()
	_main_complete
	compstate[insert]=
	compstate[list]=
	print -r -- ${(j: :)offered} >$said.part
	mv $said.part $said
}
zle -C tell list-choices tell
bindkey '^T' tell
echo begun
"""


class Bash:
    def __init__(self, path):
        self.shell = subprocess.Popen(["bash", "--norc", "-c", BASH, "bash", path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      text=True)

    def offers(self, line):
        self.shell.stdin.write(line + "\n")
        self.shell.stdin.flush()
        return self.shell.stdout.readline().split()

    def end(self):
        self.shell.stdin.close()
        self.shell.wait()


class Prompt:
    """A shell at a terminal."""

    def __init__(self, *command, **environment):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(environment, TERM="dumb")
            os.execvp(command[0], command)

    def send(self, text):
        os.write(self.fd, text.encode())

    def wait_for(self, what, seconds=60):
        """What came up to the text that @what matches."""
        said, end = "", time.time() + seconds
        while not re.search(what, said):
            if not select.select([self.fd], [], [], max(0, end - time.time()))[0]:
                raise SystemExit(f"the prompt does not say {what!r} but {said!r}")
            said += os.read(self.fd, 65536).decode(errors="replace")
        return said

    def end(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)


class Zsh:
    def __init__(self, folder):
        self.place = tempfile.TemporaryDirectory()
        self.said = os.path.join(self.place.name, "said")
        script = os.path.join(self.place.name, "begin")
        with open(script, "w") as f:
            f.write(ZSH)
        self.prompt = Prompt("zsh", "-f", "-i", folder=folder, said=self.said, ZDOTDIR=self.place.name)
        self.prompt.send(f"source {script}\n")
        self.prompt.wait_for("\nbegun")

    def offers(self, line):
        self.prompt.send(line + "\x14")
        end = time.time() + 60
        while not os.path.exists(self.said):
            if time.time() > end:
                raise SystemExit(f"zsh says nothing of {line!r}")
            time.sleep(0.005)
        with open(self.said) as f:
            words = f.read().split()
        os.remove(self.said)
        self.prompt.send("\x15")
        return words

    def end(self):
        self.prompt.end()
        self.place.cleanup()
