# SPDX-License-Identifier: GPL-2.0-only
"""trace.py list|check FILE: a trace as `protoc --decode=Trace` prints it.

list prints one event a line: time, track, what it is, with names in place of their numbers.  check looks whether each slice that
begins ends, and within the one that it lies in, whether the times of a track rise, and whether each flow has both ends in this order;
it prints how many there were.  Exit status 0, or 1 with what is wrong.
"""
import re
import sys

STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')


def messages(lines):
    """Each packet as a dictionary of lists: fields by name, messages within as dictionaries."""
    stack = [{}]
    for line in lines:
        line = line.strip()
        if line.endswith("{"):
            inner = {}
            stack[-1].setdefault(line[:-1].strip(), []).append(inner)
            stack.append(inner)
        elif line == "}":
            stack.pop()
            if len(stack) == 1:
                yield stack[0].pop("packet")[0]
        else:
            name, value = line.split(":", 1)
            value = value.strip()
            text = STRING.fullmatch(value)
            stack[-1].setdefault(name, []).append(text.group(1) if text else value)


def one(message, name):
    return message.get(name, [None])[0]


class Trace:
    def __init__(self, path):
        self.tracks, self.names, self.events = {}, {}, []
        with open(path) as f:
            for packet in messages(f):
                self.take(packet)

    def take(self, packet):
        if one(packet, "trusted_packet_sequence_id") != "1":
            raise SystemExit("a packet of no sequence")
        for track in packet.get("track_descriptor", []):
            parent = one(track, "parent_uuid")
            if parent is not None and parent not in self.tracks:
                raise SystemExit("a track before its parent")
            self.tracks[one(track, "uuid")] = one(track, "name")
        for data in packet.get("interned_data", []):
            for name in data["event_names"]:
                self.names[one(name, "iid")] = one(name, "name")
        for event in packet.get("track_event", []):
            self.events.append((int(one(packet, "timestamp")), event))

    def line(self, time, event):
        what = one(event, "type").removeprefix("TYPE_").replace("SLICE_", "").lower()
        words = [str(time), self.tracks[one(event, "track_uuid")] + ":", what]
        if "name_iid" in event:
            words.append(self.names[one(event, "name_iid")])
        for note in event.get("debug_annotations", []):
            words.append(f"({one(note, 'string_value')})")
        if "counter_value" in event:
            words.append(one(event, "counter_value"))
        for name, arrow in ("flow_ids", ">"), ("terminating_flow_ids", "<"):
            words += [arrow + flow for flow in event.get(name, [])]
        return " ".join(words)


def check(trace):
    wrong, last, depth, begun, ended, slices = [], {}, {}, {}, set(), 0
    for time, event in trace.events:
        track = one(event, "track_uuid")
        what = one(event, "type")
        if time < last.get(track, 0):
            wrong.append(f"the time of {trace.tracks[track]} goes back to {time}")
        last[track] = time
        if what == "TYPE_SLICE_BEGIN":
            slices += 1
            depth[track] = depth.get(track, 0) + 1
        if what == "TYPE_SLICE_END":
            depth[track] = depth.get(track, 0) - 1
            if depth[track] < 0:
                wrong.append(f"{trace.tracks[track]}, {time}: an end without a begin")
        for flow in event.get("flow_ids", []):
            if flow in begun:
                wrong.append(f"flow {flow} begins twice")
            begun[flow] = time
        for flow in event.get("terminating_flow_ids", []):
            if flow not in begun or flow in ended:
                wrong.append(f"flow {flow} ends and did not begin, or twice")
            ended.add(flow)
    wrong += [f"{trace.tracks[t]}: {n} slices do not end" for t, n in depth.items() if n > 0]
    wrong += [f"flow {flow} does not end" for flow in begun if flow not in ended]
    print(f"{len(trace.events)} events, {slices} slices, {len(begun)} flows, {len(wrong)} wrong")
    print("\n".join(wrong[:20]))
    return 1 if wrong else 0


def main(what, path):
    trace = Trace(path)
    if what == "check":
        return check(trace)
    for time, event in trace.events:
        print(trace.line(time, event))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
