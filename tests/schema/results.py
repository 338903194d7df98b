# SPDX-License-Identifier: GPL-2.0-only
"""results.py FOLDER: are the documents N.junit and N.sarif that FOLDER has, N from 1 on, JUnit and SARIF, and do the two say the same?

For each N it prints lines that begin with "N: ": "tests=... failures=... errors=... skipped=...", then "failure SUITE CASE TYPE", "error SUITE CASE
MESSAGE" and "skipped SUITE CASE REASON" of JUnit, "result LEVEL RULE ROW FILE:LINE FUNCTION STEPS" and "exit STATUS: COMMAND" of SARIF.  N.json is
an output of check --json, of which SARIF must have the findings.  Exit status 1 with what is wrong.
"""
import json
import pathlib
import sys
import urllib.parse
import xml.etree.ElementTree as tree

COUNTS = ("tests", "failures", "errors", "skipped")
STATES = ("failure", "error", "skipped")
wrong = []
number = 0


def want(holds, what):
    if not holds:
        wrong.append(f"{number}: {what}")


def say(line):
    print(f"{number}: {line}")


def keys(element, required, optional=()):
    want(set(required) <= set(element.attrib), f"{element.tag} lacks one of {required}: {element.attrib}")
    want(set(element.attrib) <= set(required) | set(optional), f"{element.tag} has more: {element.attrib}")


def case_of(suite, test, lines, sums):
    keys(test, ("classname", "name"), ("file", "line"))
    want(("file" in test.attrib) == ("line" in test.attrib), "file and line")
    states = [child for child in test if child.tag in STATES]
    want(len(states) <= 1, f"{test.get('name')}: {len(states)} states")
    want(all(child.tag in STATES + ("system-out",) for child in test), "a child of testcase")
    sums["tests"] += 1
    for state in states:
        keys(state, ("message", "type") if state.tag == "failure" else ("message",))
        want(state.get("message"), f"{test.get('name')}: {state.tag} without a message")
        sums[{"failure": "failures", "error": "errors"}.get(state.tag, state.tag)] += 1
        if state.tag == "failure":
            want(state.text and state.text.strip(), "a failure without text")
            lines.append(f"failure {suite.get('name')} {test.get('name')} {state.get('type')}")
        elif state.tag == "error":
            lines.append(f"error {suite.get('name')} {test.get('name')} {state.get('message')}")
        else:
            lines.append(f"skipped {suite.get('name')} {test.get('name')} {state.get('message')}")


def junit(path):
    root = tree.parse(path).getroot()
    total = dict.fromkeys(COUNTS, 0)
    lines = []
    want(root.tag == "testsuites", root.tag)
    keys(root, ("name", "time") + COUNTS)
    for suite in root:
        sums = dict.fromkeys(COUNTS, 0)
        want(suite.tag == "testsuite", suite.tag)
        keys(suite, ("name", "time") + COUNTS)
        want(float(suite.get("time")) >= 0, "time")
        want([child.tag for child in suite][:1] == ["properties"], "properties come first")
        want({p.get("name") for p in suite[0]} >= {"version", "command"}, "properties")
        for test in suite[1:]:
            want(test.tag == "testcase", test.tag)
            case_of(suite, test, lines, sums)
        for key in COUNTS:
            want(int(suite.get(key)) == sums[key], f"{suite.get('name')}: {key} {suite.get(key)}, {sums[key]} there")
            total[key] += sums[key]
    for key in COUNTS:
        want(int(root.get(key)) == total[key], f"{key} {root.get(key)}, {total[key]} there")
    say(" ".join(f"{key}={total[key]}" for key in COUNTS))
    return lines, total


def place(result):
    if not result["locations"]:
        return "nowhere"
    at = result["locations"][0]
    physical = at.get("physicalLocation", {})
    file = urllib.parse.unquote(physical.get("artifactLocation", {}).get("uri", ""))
    line = physical.get("region", {}).get("startLine", 0)
    return f"{file}:{line} {at.get('logicalLocations', [{'name': '-'}])[0]['name']}"


def steps(result):
    n = 0
    for flow in result.get("codeFlows", []):
        order = sorted(at["executionOrder"] for thread in flow["threadFlows"] for at in thread["locations"])
        want(order == list(range(1, len(order) + 1)), f"steps are not all there, each once: {order}")
        n += len(order)
    return n


def sarif(path, total):
    run = json.loads(path.read_text())["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    want(len(set(rules)) == len(rules), "a rule twice")
    failed = set()
    for result in run["results"]:
        want(rules[result["ruleIndex"]] == result["ruleId"], f"ruleIndex of {result['ruleId']}")
        want((result["level"] == "note") == ("suppressions" in result), "what is known is suppressed")
        if result["level"] == "error":
            failed.add((result["properties"]["suite"], result["ruleId"]))
        say(f"result {result['level']} {result['ruleId']} {result['properties']['row']} {place(result)} {steps(result)}")
    want(bool(failed) == bool(total["failures"]), f"{len(failed)} of SARIF, {total['failures']} failures")
    invocation = run["invocations"][0]
    want(invocation["executionSuccessful"] == (invocation["exitCode"] < 2), "executionSuccessful")
    say(f"exit {invocation['exitCode']}: {invocation['commandLine']}")


def same(path, found):
    """The findings of --json, which may have been printed for each log of several."""
    results = json.loads(path.read_text())["runs"][0]["results"]
    mine = sorted((f["check"], f["row"], f["index"], f["state"]) for f in json.loads(found.read_text())["findings"])
    theirs = sorted((r["ruleId"], p["row"], p["index"], p["state"]) for r in results for p in [r["properties"]])
    want(mine == theirs, f"SARIF has other findings than --json: {theirs}, {mine}")


def main():
    global number
    folder = pathlib.Path(sys.argv[1])
    while (folder / f"{number + 1}.sarif").exists():
        number += 1
        lines, total = junit(folder / f"{number}.junit")
        for line in lines:
            say(line)
        sarif(folder / f"{number}.sarif", total)
        found = folder / f"{number}.json"
        if found.exists():
            same(folder / f"{number}.sarif", found)
    want(number > 0, "nothing to look at")
    for line in wrong:
        print("WRONG:", line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
