# SPDX-License-Identifier: GPL-2.0-only
"""ci_recipes.py PAGE FOLDER: the commands of the recipes that PAGE has in blocks "yaml", as files github.sh and gitlab.sh in FOLDER, and bisect.sh.

A file sets each variable of the recipe that the environment has not, and then does, step by step, what the recipe's job of preset release
does; a step that fails ends it.  Prints a line a step.
"""
import pathlib
import re
import shlex
import sys

import yaml


def blocks(page, kind):
    return re.findall(r"^```" + kind + r"\n(.*?)^```$", page, re.S | re.M)


def variables(env):
    return "".join(f': "${{{name}={shlex.quote(str(value))}}}"\nexport {name}\n'.replace("'", "") for name, value in env.items())


def write(folder, name, env, steps):
    lines = ["set -e\n", variables(env)]
    for title, command in steps:
        print(f"{name}: {title}")
        lines.append(f"echo {shlex.quote('== ' + title)}\n(\nset -e\n{command.rstrip()}\n)\n")
    (folder / f"{name}.sh").write_text("".join(lines))


def github(recipe, folder):
    (job,) = recipe["jobs"].values()
    row = next(row for row in job["strategy"]["matrix"]["include"] if row["preset"] == "release")

    def filled(text):
        return re.sub(r"\$\{\{ matrix\.(\w+) \}\}", lambda m: row[m[1]], str(text))

    steps = []
    for step in job["steps"]:
        assert ("run" in step) != ("uses" in step), step
        if "run" in step and step.get("if", "matrix.preset == 'release'") == "matrix.preset == 'release'":
            steps.append((step["name"], filled(step["run"])))
    write(folder, "github", {k: filled(v) for k, v in job["env"].items()}, steps)


def gitlab(recipe, folder):
    job = recipe["hypsim"]
    row = next(row for row in job["parallel"]["matrix"] if row["PRESET"] == "release")
    steps = [(line.split("\n")[0][:60], line) for line in job["before_script"] + job["script"]]
    write(folder, "gitlab", {**recipe["variables"], **row}, steps)


def main():
    page, folder = pathlib.Path(sys.argv[1]).read_text(), pathlib.Path(sys.argv[2])
    recipes = [yaml.safe_load(text) for text in blocks(page, "yaml")]
    github(next(r for r in recipes if "jobs" in r), folder)
    gitlab(next(r for r in recipes if "hypsim" in r), folder)
    (folder / "bisect.sh").write_text(blocks(page, "sh bisect.sh")[0])


if __name__ == "__main__":
    main()
