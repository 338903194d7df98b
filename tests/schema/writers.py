# SPDX-License-Identifier: GPL-2.0-only
"""writers.py SHOWN JUDGED: does `check --json --all` name who wrote each value last, and what it was?

SHOWN is what `log show --json` prints of the log, from which the last writer of each cell is worked out here again; JUDGED
what `check --json --all` prints.  Prints how many values were compared; exit status 0, or 1 with those that differ.
"""
import json
import sys


def number(v):
    return int(v, 16) if isinstance(v, str) else v


OBJECTS = {0: "FLATMEM", 1: "CORE", 2: "S2PAGE", 3: "SPT", 4: "SMMU"}


def name_of(lock):
    if lock in OBJECTS:
        return OBJECTS[lock]
    return f"NPT:{lock - 5}" if lock < 22 else f"INFO:{lock - 22}"


class History:
    """What each cell was written by, event by event."""

    def __init__(self):
        self.cells = {}
        self.episode = None
        self.since = 0

    def take(self, event, inside, work):
        if event["event"] == "episode" and event["number"] != self.episode:
            self.episode = event["number"]
            self.cells = {}
        for change in event.get("changes", []):
            by = {"event": event["index"], "cpu": event["cpu"], "operation": inside, "work": work}
            step = 8 if "_pool" in change["field"] else 1
            first, last = number(change["first"]), number(change["last"])
            if (last - first) // step > 4096:
                raise SystemExit("a range that is too long for this script")
            for index in range(first, last + 1, step):
                value = number(change["new"]) if "new" in change else None
                self.cells.setdefault((name_of(event["lock"]), change["field"], index), []).append((by, value))


def main(shown, judged):
    findings = []
    for line in open(judged):
        one = json.loads(line)
        findings += one["findings"] + one["known_findings"]
    findings.sort(key=lambda f: f["index"])
    events = [json.loads(line) for line in open(shown)]
    history, ops, work = History(), {}, {}
    at = compared = wrong = 0

    def until(index, include):
        nonlocal at
        while at < len(events) and (events[at]["index"] < index or (include and events[at]["index"] == index)):
            e = events[at]
            cpu = e["cpu"]
            if e["event"] == "begin":
                work[cpu] = e["operation"]
            elif e["event"] == "end":
                work.pop(cpu, None)
            elif e["event"] == "op":
                ops.setdefault(cpu, []).append(e["function"])
            elif e["event"] == "sevent" and ops.get(cpu):
                ops[cpu].pop()
            if e["event"] == "episode" and e["number"] != history.episode:
                ops.clear()
                work.clear()
            history.take(e, ops[cpu][-1] if ops.get(cpu) else None, work.get(cpu))
            at += 1

    for f in findings:
        until(f["index"], True)
        for fact in f["facts"]:
            if "cell" not in fact:
                continue
            cell = fact["cell"]
            past = history.cells.get((cell["object"], cell["field"], number(cell["index"])), [])
            if "before" in fact:
                past = [p for p in past if p[0]["event"] != f["index"]]
            want = past[-1][0] if past else None
            compared += 1
            if fact["written"] != want:
                wrong += 1
                print(f"{f['row']} at {f['index']}: {fact['name']} {cell}: {fact['written']}, expected {want}")
    print(f"{compared} values, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
