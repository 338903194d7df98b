# SPDX-License-Identifier: GPL-2.0-only
"""prompt.py FILE FOLDER: at a prompt of bash that has sourced FILE, values that are files complete as files do."""
import os
import sys

import shells

path, folder = sys.argv[1:]
open(os.path.join(folder, "a storm.hlog"), "w").close()
prompt = shells.Prompt("bash", "--norc", "-i", INPUTRC="/dev/null")
prompt.send(f"PS1='$ '; cd {folder}; . {path}; hypsim() {{ printf '<%s>' \"$@\"; echo; }}; echo be''gun\n")
prompt.wait_for("begun")
for typed, words in {
    "hypsim run --er\t": "<run><--errat>",
    "hypsim run --log=a\\ st\t": "<run><--log=a storm.hlog>",
    "hypsim run --log a\\ st\t": "<run><--log><a storm.hlog>",
    "hypsim log show --fol\ta\\ st\t": "<log><show><--follow><a storm.hlog>",
    "hypsim explore a\\ st\t": "<explore><a storm.hlog>",
    "hypsim run --erratum=lock-n\tp\t": "<run><--erratum=lock-numbering=published>",
    "hypsim doctor a\\ st\t": "<doctor><a st>",
}.items():
    prompt.send(typed + "\n")
    said = prompt.wait_for(r"<[^\r\n]*>\r?\n")
    if words + "\r" not in said:
        raise SystemExit(f"{typed!r}: {said!r}")
prompt.end()
