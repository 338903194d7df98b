/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The binary form of a log: docs/log-format.md.  Little endian.
 *
 *   file   = header page(s): struct log_file_header, then the configuration as JSON; chunks
 *   chunk  = struct log_chunk_header, then records of one CPU's stream
 *   record = at most 8 bytes, written by one 8-byte store; its first byte is never 0, so the first 0 ends the chunk
 */
#include "sim/base/consts.h"
#include "sim/base/types.h"
#include "sim/base/varint.h"

#include <string.h>

enum {
	LOG_VERSION = 3,
	LOG_HEADER_BYTES = 4096, /* the header takes a multiple of it */
	LOG_MAX_CONFIG = 1 << 20,
	LOG_CHUNK_MAGIC = 0x4b4e4843,  /* "CHNK" */
	LOG_CLOSED_MAGIC = 0x44534c43, /* "CLSD" */
	LOG_SLOT_BYTES = 1 << 18,      /* a chunk as a run writes it, header included */
	LOG_MAX_CHUNK_RECORDS = 1 << 24,
	LOG_STREAMS = MAX_CPU +
	              1, /* the CPUs', and that of the run itself, whose number is that of CPUs */
	LOG_PAD_BYTES =
		8, /* behind the last record, that a decoder may touch and does not look at */
};

#define LOG_FILE_MAGIC "HYPSIMLG"

/**
 * struct log_closed - written once, when the log is closed in order; all zero in a log that was cut
 * @n_chunks: chunks in the file
 * @checksum: XXH3 (64 bits) of the two fields before it
 */
struct log_closed {
	u32 magic, reserved;
	u64 n_chunks;
	u64 checksum;
};

/**
 * struct log_file_header - the first bytes of a log file
 * @header_bytes: where the first chunk begins; a multiple of LOG_HEADER_BYTES
 * @slot_bytes:   every chunk takes so many bytes (a run); 0: chunks follow each other, each rounded up to 8 bytes
 * @config_bytes: length of the JSON behind this struct
 * @config_checksum: XXH3 of the JSON
 * @checksum:     XXH3 of the fields before it
 */
struct log_file_header {
	char magic[8];
	u32 version;
	u32 header_bytes;
	u32 slot_bytes;
	u32 config_bytes;
	u64 config_checksum;
	u64 checksum;
	struct log_closed closed;
};

enum log_chunk_flags {
	CHUNK_CLOSED = 1, /* record_bytes, stored_bytes and checksum are valid */
	CHUNK_ZSTD = 2,   /* what is stored is one zstd frame of the records */
	CHUNK_LOST =
		4, /* there was no room for the next one: any number of the CPU's further steps is nowhere */
};

/**
 * struct log_chunk_header - one CPU's next piece of stream
 * @cpu:   whose
 * @seq:   0, 1, 2, ... within that CPU's stream
 * @record_bytes: length of the records, without the closing 0
 * @stored_bytes: length of what is stored (equal, unless CHUNK_ZSTD)
 * @checksum: XXH3 of the stored bytes, seeded with the XXH3 of the fields before it
 *
 * An open chunk (no CHUNK_CLOSED) is what a killed run leaves: its records end at the first 0 byte.
 */
struct log_chunk_header {
	u32 magic;
	u16 cpu;
	u16 flags;
	u64 seq;
	u32 record_bytes;
	u32 stored_bytes;
	u64 checksum;
	u8 reserved[32];
};

_Static_assert(sizeof(struct log_closed) == 24, "layout of docs/log-format.md");
_Static_assert(sizeof(struct log_file_header) == 64, "layout of docs/log-format.md");
_Static_assert(sizeof(struct log_chunk_header) == 64, "layout of docs/log-format.md");

/* XXH3 over a chunk's stored bytes and header fields, as struct log_chunk_header says. */
u64 log_chunk_checksum(const struct log_chunk_header *h, const void *stored);
u64 log_header_checksum(const struct log_file_header *h);
u64 log_closed_checksum(const struct log_closed *c);

/*
 * Byte 0 of a record: opcode in bits 0..3; bits 4..7 as below.  Unless said otherwise:
 *   bit 4 SAME: the lock is that of the CPU's previous record, else byte 1 is the lock's number
 *   bit 5 BARRIER: the CPU ran barrier() since its previous record
 *   bits 6..7: form
 *
 * WORD records carry the word that the atomic returned, as the difference to the word that this CPU knew of the lock:
 *   form 0: both differences are 0; form 1: one byte, ticket's in the high nibble, now's in the low one;
 *   form 2: two bytes each; form 3: three bytes each (ticket first).  Differences are mod 2^32.
 * What a CPU knows of a lock: at the start of an episode the start values; then the word after its own step (INC_TICKET
 * leaves ticket + 1, INC_NOW now + 1, each mod 2^32), or the word that GET_NOW read.
 */
enum log_op {
	OP_END = 0,    /* no record: the end of the chunk */
	OP_INC_TICKET, /* WORD; bound: see SET_BOUND */
	OP_GET_NOW,    /* WORD */
	OP_HOLD_LOCK,  /* form 0; forms 1 and 2, of a lock that counts its steps: enum hold_form */
	OP_INC_NOW,    /* WORD */
	OP_ACQUIRE, /* WORD as INC_TICKET's: INC_TICKET, a GET_NOW of the word it left, HOLD_LOCK */
	OP_SERVED,  /* WORD as GET_NOW's: GET_NOW, HOLD_LOCK */
	OP_OPULL, /* form 0: no digest; 1: its low byte; 2: whole, the last 8 bytes in MORE.  id: SET_ID or the lock */
	OP_PUSH,  /* forms as OPULL; the event is that of the lock's object, or SET_KIND's */
	OP_DIFF, /* one difference of the section: forms 0 and 1: new - old; 2 and 3: from the data oracle; see below */
	OP_MORE, /* bits 4..7: n = 1..7; n bytes that the next record other than MORE or TIME takes */
	OP_SET,  /* bits 4..7: enum log_set; then its value */
	OP_MARK, /* byte 1: mark, counted from 0; its arguments' length in bits 4, 6 and 7, MARK_* below.  Bit 5 as above */
	OP_BARRIER, /* a barrier() with another one pending; alone in its byte */
	/*
	 * bits 4..7: n = 1..7; n bytes: nanoseconds since the stream's previous TIME, little endian; 8 + n: nanoseconds
	 * before it.  Several before one event add up, mod 2^64.
	 */
	OP_TIME,
	OP_FLAT, /* OFLATMEM: see below; takes the DIFFs of lock 0 since its last one */
	/* No opcodes, but what a decoder shows: a FLAT that is an access; a HOLD_LOCK of the other forms. */
	OP_ACCESS,
	OP_WAIT_LOCK,
	OP_REL_LOCK,
};

enum {
	OP_MASK = 15,
	REC_SAME = 1 << 4,
	REC_BARRIER = 1 << 5,
	REC_FORM_SHIFT = 6,
};

/*
 * The forms of a HOLD_LOCK.  Of a lock that has no tickets the log is the high-level one: WAIT_LOCK when a CPU has got it (bound:
 * see SET_BOUND), REL_LOCK when the CPU gives it up.  Both are counted under the lock: step number n, behind the lock as
 * varint(n - known mod 2^32).  What a CPU knows: at the start of an episode the rank of the start values; then its own last
 * number + 1.
 */
enum hold_form { HOLD_TICKET, HOLD_WAIT, HOLD_REL };

/* OP_SET: what the next records of the stream need. */
enum log_set {
	SET_BOUND =
		0, /* u32: bound of the INC_TICKETs from here on (at first: the configuration's lock_bound) */
	SET_TICKET = 1, /* lock (1 byte), u32: what this CPU knows of the lock's ticket half */
	SET_NOW = 2,    /* lock (1 byte), u32: the now half */
	SET_ID = 3,     /* u32: id of the next OPULL */
	SET_KIND = 4,   /* 1 byte: event kind of the next push, counted from OCORE_DATA */
	SET_NR,
};

/*
 * Body of a DIFF: varint(field << 1 | range), varint(first index), varint(number of cells - 1) if range, then
 * varint(zigzag(new - old)).  From the data oracle (lock 0 only): varint(vmid << 1 | range), the cells of flatmem in the same
 * way, varint(zigzag(index - known)): cell first + i holds doracle(vmid, index + i).  What a stream knows of a VM: 0 at
 * the start of an episode, then the number behind that of its last such difference.  "First index" and cells are counted in cells
 * of the field, from its first one.  Forms 0 and 2: behind the head; 1 and 3: begun in MORE bytes, and the rest behind the head.
 */
/* MORE bytes of one record, at most. */
enum { LOG_MAX_MORE = 4096 };

/*
 * Arguments of a MARK: varints, zeros at the end left out.  Of a mark that has a sentence the number of arguments comes
 * first, and behind them the bytes of the sentence.  The last 0 to 6 bytes stand behind the mark's number; those before them in
 * MORE bytes.
 */
enum { MARK_INLINE_BYTES = 6 };

/* The length as it stands in the record's first byte: bit 4, then 6 and 7. */
static inline u32 mark_length_bits(u32 length)
{
	return (length & 1) << 4 | (length >> 1) << REC_FORM_SHIFT;
}

static inline u32 mark_length_of(u64 rec)
{
	return (u32)((rec >> 4 & 1) | (rec >> REC_FORM_SHIFT & 3) << 1);
}

enum {
	DIFF_IN_MORE = 1, /* bits of a DIFF's form: its body begins in MORE bytes */
	DIFF_ORACLE = 2,
};

/*
 * FLAT: step number n at flat memory, n counting from the start value of its word, mod 2^32.  Flat memory has no lock,
 * so the record names none and bit 4 is free: set, n is the number that the CPU knows; else varint(n - known mod 2^32)
 * follows.  Forms as OPULL's; the digest's low byte comes last.  What a CPU knows: the start value, then its own last
 * number + 1.
 */
enum { FLAT_KNOWN = REC_SAME };

/*
 * FLAT of form 3: no event but the mark ACCESS, whose arguments stand in MORE bytes.  An access of running code is one step at
 * flat memory, as a change is, so n counts both: the log says between which changes a load stood.
 */
enum { FLAT_ACCESS = 3 };

/*
 * The arguments of an ACCESS, as varints.  First a number: how it ended in bits 0..2, the level in 3..4, where the translation came
 * from in 5..6, and in bit 7 whether a value comes behind the frame.  Then the frame, the value, and of each object that was read
 * 2 * lock + moved, behind which, if moved is 1, before - now (mod 2^64) and more stand, now being the one that the CPU knows of the
 * lock's word.  Where an argument fits none of this, the first number is ACCESS_PLAIN, and all arguments follow as they are.
 */
enum { ACCESS_PLAIN = 7, ACCESS_LEVEL_SHIFT = 3, ACCESS_FROM_SHIFT = 5, ACCESS_VALUE = 1 << 7 };

/* Of an ACCESS: how, from, level, frame and value; then lock, before and more of each object. */
enum { ACCESS_FIXED = 5, ACCESS_GROUP = 3 };

/* Is the packed diff body's length at most this, it fits the record (with the lock's byte). */
enum { DIFF_INLINE_BYTES = 6 };
