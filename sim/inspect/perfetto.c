// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/perfetto.h"

#include "sim/base/vec.h"
#include "sim/inspect/proto.h"

#include <stdlib.h>

/* Numbers of fields, by message. */
enum { TRACE_PACKET = 1 };
enum {
	PACKET_TIMESTAMP = 8,
	PACKET_SEQUENCE_ID = 10,
	PACKET_TRACK_EVENT = 11,
	PACKET_INTERNED_DATA = 12,
	PACKET_SEQUENCE_FLAGS = 13,
	PACKET_TRACK_DESCRIPTOR = 60,
};
enum { TRACK_UUID = 1, TRACK_NAME = 2, TRACK_PARENT = 5, TRACK_COUNTER = 8 };
enum { INTERNED_EVENT_NAMES = 2, EVENT_NAME_IID = 1, EVENT_NAME_NAME = 2 };
enum {
	EVENT_ANNOTATIONS = 4,
	EVENT_TYPE = 9,
	EVENT_NAME = 10,
	EVENT_TRACK = 11,
	EVENT_VALUE = 30,
	EVENT_FLOWS = 47,
	EVENT_ENDING_FLOWS = 48,
};
enum { ANNOTATION_STRING = 6, ANNOTATION_NAME = 10 };

enum track_event { SLICE_BEGIN = 1, SLICE_END = 2, INSTANT = 3, COUNTER = 4 };

/* Flags of a sequence of packets: what was interned before is forgotten; what was interned is used. */
enum { STATE_CLEARED = 1, STATE_NEEDED = 2 };

/* All packets are of one sequence. */
enum { SEQUENCE = 1 };

enum { FLUSH_BYTES = 1 << 18 };

/**
 * struct perfetto
 * @out:   what is not written yet; @rc, @e: writing failed
 * @last:  [n] times of the tracks' last events, by number - 1
 * @names: so many are known
 */
struct perfetto {
	struct whole_file *to;
	struct proto out;
	int rc;
	struct err e;
	VEC(u64) last;
	u64 names, events, moved;
};

static void flush(struct perfetto *p)
{
	if (p->rc == 0 && p->out.n)
		p->rc = whole_write(p->to, p->out.v, p->out.n, &p->e);
	p->out.n = 0;
}

static size_t begin_packet(struct perfetto *p, u32 flags)
{
	size_t at;

	if (p->out.n >= FLUSH_BYTES)
		flush(p);
	at = proto_begin(&p->out, TRACE_PACKET);
	proto_varint(&p->out, PACKET_SEQUENCE_ID, SEQUENCE);
	proto_varint(&p->out, PACKET_SEQUENCE_FLAGS, flags);
	return at;
}

struct perfetto *perfetto_new(struct whole_file *to)
{
	struct perfetto *p = xcalloc(1, sizeof(*p));

	p->to = to;
	proto_end(&p->out, begin_packet(p, STATE_CLEARED));
	return p;
}

int perfetto_end(struct perfetto *p, struct err *e)
{
	flush(p);
	if (p->rc < 0)
		*e = p->e;
	return p->rc;
}

void perfetto_free(struct perfetto *p)
{
	proto_free(&p->out);
	vec_free(&p->last);
	free(p);
}

u32 perfetto_track(struct perfetto *p, u32 parent, const char *name, bool counter)
{
	size_t packet, track;
	u64 none = 0;

	vec_push(&p->last, none);
	packet = begin_packet(p, STATE_NEEDED);
	track = proto_begin(&p->out, PACKET_TRACK_DESCRIPTOR);
	proto_varint(&p->out, TRACK_UUID, p->last.n);
	proto_text(&p->out, TRACK_NAME, name);
	if (parent != PERFETTO_TOP)
		proto_varint(&p->out, TRACK_PARENT, parent);
	if (counter)
		proto_end(&p->out, proto_begin(&p->out, TRACK_COUNTER));
	proto_end(&p->out, track);
	proto_end(&p->out, packet);
	return p->last.n;
}

u64 perfetto_name(struct perfetto *p, const char *name)
{
	size_t packet = begin_packet(p, STATE_NEEDED), data, one;

	data = proto_begin(&p->out, PACKET_INTERNED_DATA);
	one = proto_begin(&p->out, INTERNED_EVENT_NAMES);
	proto_varint(&p->out, EVENT_NAME_IID, ++p->names);
	proto_text(&p->out, EVENT_NAME_NAME, name);
	proto_end(&p->out, one);
	proto_end(&p->out, data);
	proto_end(&p->out, packet);
	return p->names;
}

/* The packet and the event of a track that begin at @time. */
struct started {
	size_t packet, event;
};

static struct started begin_event(struct perfetto *p, enum track_event type, u32 track, u64 time)
{
	struct started s = { .packet = begin_packet(p, STATE_NEEDED) };
	u64 *last = &p->last.v[track - 1];

	p->moved += time < *last;
	*last = max_u64(time, *last);
	p->events++;
	proto_varint(&p->out, PACKET_TIMESTAMP, *last);
	s.event = proto_begin(&p->out, PACKET_TRACK_EVENT);
	proto_varint(&p->out, EVENT_TYPE, type);
	proto_varint(&p->out, EVENT_TRACK, track);
	return s;
}

static void end_event(struct perfetto *p, struct started s)
{
	proto_end(&p->out, s.event);
	proto_end(&p->out, s.packet);
}

static void put_call(struct perfetto *p, const char *call)
{
	size_t at = proto_begin(&p->out, EVENT_ANNOTATIONS);

	proto_text(&p->out, ANNOTATION_NAME, "call");
	proto_text(&p->out, ANNOTATION_STRING, call);
	proto_end(&p->out, at);
}

static void put_named(struct perfetto *p, enum track_event type, u32 track, u64 time, u64 name,
                      const char *call, struct perfetto_flow flow)
{
	struct started s = begin_event(p, type, track, time);

	proto_varint(&p->out, EVENT_NAME, name);
	if (call)
		put_call(p, call);
	if (flow.out)
		proto_fixed64(&p->out, EVENT_FLOWS, flow.out);
	if (flow.in)
		proto_fixed64(&p->out, EVENT_ENDING_FLOWS, flow.in);
	end_event(p, s);
}

void perfetto_slice(struct perfetto *p, u32 track, u64 time, u64 name, const char *call,
                    struct perfetto_flow flow)
{
	put_named(p, SLICE_BEGIN, track, time, name, call, flow);
}

void perfetto_instant(struct perfetto *p, u32 track, u64 time, u64 name, const char *call,
                      struct perfetto_flow flow)
{
	put_named(p, INSTANT, track, time, name, call, flow);
}

void perfetto_slice_end(struct perfetto *p, u32 track, u64 time)
{
	end_event(p, begin_event(p, SLICE_END, track, time));
}

void perfetto_value(struct perfetto *p, u32 track, u64 time, u64 value)
{
	struct started s = begin_event(p, COUNTER, track, time);

	proto_varint(&p->out, EVENT_VALUE, value);
	end_event(p, s);
}

u64 perfetto_events(const struct perfetto *p)
{
	return p->events;
}

u64 perfetto_moved(const struct perfetto *p)
{
	return p->moved;
}
