// SPDX-License-Identifier: GPL-2.0-only
/* What a scope's file cannot have is refused at its place. */
#include "sim/exec/scope.h"

#include "tests/kit.h"

#include <string.h>

#define C "concurrent\n"

static int parse(struct scope **s, const char *text, struct err *e)
{
	struct scope_opts o = { .seed = 7 };

	errata_defaults(&o.errata);
	return scope_parse(s, "f", text, strlen(text), &o, e);
}

static const struct {
	const char *text, *message;
} rows[] = {
	/* the parts */
	{ "", "f:1:1: expected concurrent, found the end of the file" },
	{ "boot\nregister_kvm\n", "f:3:1: expected concurrent, found the end of the file" },
	{ "# nothing", "f:2:1: expected concurrent, found the end of the file" },
	{ C "cpu 0\ncheck 1\n",
	  "f:1:1: expected end behind concurrent, found the end of the file" },
	{ "\n  concurrent", "f:2:3: expected end behind concurrent, found the end of the "
	                    "file" },
	{ C "cpu 0\nconcurrent\nend\n",
	  "f:3:1: expected end before another concurrent (it is not nested), found "
	  "\"concurrent\"" },
	{ C "end\n concurrent\nend\n",
	  "f:3:2: expected one concurrent in a scope, found \"concurrent\"" },
	{ "end\n", "f:1:1: expected concurrent before its end, found \"end\"" },
	{ "grain word\n depend cells\n" C "end\n",
	  "f:2:2: expected grain lock beside depend cells, found \"depend\"" },
	{ "depend cells\ngrain cell\n" C "end\n",
	  "f:2:1: expected grain lock beside depend cells, found \"grain\"" },
	{ C "end\nend\n", "f:3:1: expected concurrent before its end, found \"end\"" },
	{ C "end 1\n", "f:2:5: expected the end of the line, found \"1\"" },
	{ "concurrent 2\n", "f:1:12: expected the end of the line, found \"2\"" },
	/* words that mean nothing in a scope */
	{ "env 1 : 2 WAIT_LOCK 10\n", "f:1:1: expected a line of a scope (the other CPUs "
	                              "are the environment), found \"env\"" },
	{ C "cpu 0\nenv 1 : 2 WAIT_LOCK 10\n",
	  "f:3:1: expected a line of a scope (the other CPUs are the environment), found "
	  "\"env\"" },
	{ C "end\nenv 1 :\n",
	  "f:3:1: expected a line of a scope (the other CPUs are the environment), found "
	  "\"env\"" },
	{ "level ticket\n",
	  "f:1:1: expected a line of a scope (its locks are tickets), found \"level\"" },
	{ C " level high\n",
	  "f:2:2: expected a line of a scope (its locks are tickets), found \"level\"" },
	{ "weak\n", "f:1:1: expected a line of a scope (its primitives look at bars), "
	            "found \"weak\"" },
	{ C "weak off\n", "f:2:1: expected a line of a scope (its primitives look at bars), found "
	                  "\"weak\"" },
	{ "reset\n", "f:1:1: expected a line of a scope (it has one machine), found \"reset\"" },
	{ C "cpu 1\nreset\n",
	  "f:3:1: expected a line of a scope (it has one machine), found \"reset\"" },
	{ C "end\nreset\n",
	  "f:3:1: expected a line of a scope (it has one machine), found \"reset\"" },
	{ "wait_hlock 4\n",
	  "f:1:1: expected a call that needs no scripted environment (the other CPUs are "
	  "the environment), found \"wait_hlock\"" },
	{ C "cpu 0\nrelease_shared OSMMU 4\n",
	  "f:3:1: expected a call that needs no scripted environment (the other CPUs are "
	  "the environment), found \"release_shared\"" },
	/* looks and assignments */
	{ "get tstate\n", "f:1:1: expected get behind end (a call asks for a value "
	                  "elsewhere), found \"get\"" },
	{ C "cpu 0\nget tstate\n",
	  "f:3:1: expected get behind end (a call asks for a value elsewhere), found "
	  "\"get\"" },
	{ C "end\nget tstate\n",
	  "f:3:5: expected cell (a scope looks at contents only), found \"tstate\"" },
	{ C "end\nget cell CORE next_vmid[1]\n",
	  "f:3:25: expected an index in the field's range, found \"1]\"" },
	{ C "cpu 0\nset tstate 1\n",
	  "f:3:1: expected set before concurrent (only calls change what is explored), "
	  "found \"set\"" },
	{ C "end\nset tstate 1\n",
	  "f:3:1: expected set before concurrent (only calls change what is explored), "
	  "found \"set\"" },
	{ "set reg x0 1\n",
	  "f:1:5: expected cell or tlb (a scope sets nothing else: its calls set registers), "
	  "found \"reg\"" },
	{ "check 1\nset cell CORE next_vmid[0] 1\n",
	  "f:2:1: expected set before what the machine is fed and called, found \"set\"" },
	{ "set cell CORE next_vmid[0]\n",
	  "f:1:27: expected a value, a number 0..18446744073709551615, found the end of "
	  "the line" },
	{ C "dump core\n", "f:2:1: expected a call, cpu, feed, expect or end (dump shows "
	                   "no execution), found \"dump\"" },
	/* one machine, with one side of each erratum */
	{ C "boot\n", "f:2:1: expected boot before concurrent (a scope has one machine), "
	              "found \"boot\"" },
	{ C "end\nboot\n",
	  "f:3:1: expected boot before concurrent (a scope has one machine), found "
	  "\"boot\"" },
	{ "boot\nboot\n", "f:2:1: expected one boot in a scope, found \"boot\"" },
	{ "check 1\nboot\n",
	  "f:2:1: expected boot before what the machine is fed, set and called, found "
	  "\"boot\"" },
	{ "feed data 1 2\nboot\n",
	  "f:2:1: expected boot before what the machine is fed, set and called, found "
	  "\"boot\"" },
	{ "set cell CORE next_vmid[0] 1\nboot\n",
	  "f:2:1: expected boot before what the machine is fed, set and called, found "
	  "\"boot\"" },
	{ "boot 1500\n", "f:1:6: expected managed pages, a multiple of 512 from 1024 on, found "
	                 "\"1500\"" },
	{ "boot\nerrata intended\n",
	  "f:2:1: expected errata before boot and what the machine is fed, set and "
	  "called, found \"errata\"" },
	{ "check 1\nerratum sp-el1 intended\n",
	  "f:2:1: expected erratum before boot and what the machine is fed, set and "
	  "called, found \"erratum\"" },
	{ C "errata intended\n",
	  "f:2:1: expected errata before concurrent (a scope has one side of each), found "
	  "\"errata\"" },
	{ C "end\nerratum sp-el1 intended\n",
	  "f:3:1: expected erratum before concurrent (a scope has one side of each), "
	  "found \"erratum\"" },
	{ "erratum nothing intended\n",
	  "f:1:9: expected the name of an erratum (hypsim list errata), found "
	  "\"nothing\"" },
	{ "depend cells\ndepend cells\n",
	  "f:2:1: expected one depend in a scope, found \"depend\"" },
	{ C "depend cells\n", "f:2:1: expected depend before concurrent, found \"depend\"" },
	{ "depend words\n", "f:1:8: expected tickets or cells, found \"words\"" },
	{ "grain word\ngrain word\n", "f:2:1: expected one grain in a scope, found \"grain\"" },
	{ C "grain word\n", "f:2:1: expected grain before concurrent, found \"grain\"" },
	{ "grain words\n", "f:1:7: expected lock, word, cell or word,cell, found \"words\"" },
	{ "grain cell,word\n",
	  "f:1:7: expected lock, word, cell or word,cell, found \"cell,word\"" },
	{ "set tlb 2\n", "f:1:9: expected 0 or 1, a number 0..1, found \"2\"" },
	{ "check 1\nset tlb 1\n",
	  "f:2:1: expected set before what the machine is fed and called, found \"set\"" },
	{ "checks only a\nchecks skip b\n",
	  "f:2:1: expected one checks in a scope, found \"checks\"" },
	{ C "checks only a\n", "f:2:1: expected checks before concurrent, found \"checks\"" },
	{ "checks all\n", "f:1:8: expected only or skip, found \"all\"" },
	{ "checks only\n",
	  "f:1:12: expected checks or groups of checks (hypsim list checks), with commas "
	  "between, found the end of the line" },
	{ "checks skip a,,b\n",
	  "f:1:15: expected a check or a group of checks (hypsim list checks), found \",b\"" },
	{ "checks skip a,\n",
	  "f:1:15: expected checks or groups of checks (hypsim list checks), with commas "
	  "between, found the end of the line" },
	{ "checks only a b\n", "f:1:15: expected the end of the line, found \"b\"" },
	/* CPUs */
	{ "cpu 64\n", "f:1:5: expected a CPU, a number 0..63, found \"64\"" },
	{ C "cpu 64\n", "f:2:5: expected a CPU, a number 0..63, found \"64\"" },
	{ "cpu 1\n" C "check 1\n", "f:3:1: expected cpu N, whose program it is, found \"check\"" },
	{ C "feed data 1 2\n", "f:2:1: expected cpu N, whose program it is, found \"feed\"" },
	/* expectations */
	{ "expect ok\n", "f:1:8: expected a call before it, found \"ok\"" },
	{ "check 1\n" C "cpu 0\nexpect 1\n", "f:4:8: expected a call before it, found \"1\"" },
	{ C "cpu 0\ncheck 1\ncpu 1\nexpect 1\n", "f:5:8: expected a call before it, found \"1\"" },
	{ C "cpu 0\ncheck 1\ncpu 1\ncheck 2\ncpu 0\nexpect 1\n",
	  "f:7:8: expected a call before it, found \"1\"" },
	{ C "cpu 0\ncheck 1\nend\nexpect 1\n", "f:5:8: expected a call before it, found \"1\"" },
	{ C "cpu 0\ncheck 1\nexpect stuck NO\n",
	  "f:4:14: expected a rule (hypsim list rules), found \"NO\"" },
	{ "expect verdict clean\n",
	  "f:1:1: expected end before what the search is expected to come to, found "
	  "\"expect\"" },
	{ C "cpu 0\nexpect classes 2\nend\n",
	  "f:3:1: expected end before what the search is expected to come to, found "
	  "\"expect\"" },
	{ C "end\nexpect verdict\n",
	  "f:3:15: expected clean, or words of what is found, with commas between, found "
	  "the end of the line" },
	{ C "end\nexpect verdict a,,b\n", "f:3:18: expected a word of the verdict, found \",b\"" },
	{ C "end\nexpect verdict a b\n", "f:3:18: expected the end of the line, found \"b\"" },
	{ C "end\nexpect verdict halt,clean\n",
	  "f:3:21: expected clean alone, or what is found, found \"clean\"" },
	{ C "end\nexpect verdict clean,halt\n",
	  "f:3:16: expected clean alone, or what is found, found \"clean,halt\"" },
	{ C "end\nexpect verdict clean\nexpect verdict clean\n",
	  "f:4:1: expected one expect verdict in a scope, found \"expect\"" },
	{ C "end\nexpect classes 1\nexpect classes 1\n",
	  "f:4:1: expected one expect classes in a scope, found \"expect\"" },
	{ C "end\nexpect classes many\n", "f:3:16: expected how many classes there are, a number "
	                                  "0..18446744073709551615, found \"many\"" },
	/* calls */
	{ C "cpu 0\nhvc\n", "f:3:4: expected the call's number and its arguments, a number "
	                    "0..18446744073709551615, found the end of the line" },
	{ C "cpu 0\nno_such\n",
	  "f:3:1: expected a primitive (hypsim list primitives), or one of cpu, hvc, "
	  "fault, run, trap, irq, feed, expect, boot, errata, erratum, depend, grain, checks, "
	  "set, get, dump, concurrent, end, found \"no_such\"" },
	{ C "cpu 0\nfeed core 17 1\n", "f:3:11: expected a vmid, a number 0..16, found \"17\"" },
	{ C "cpu 0\nfeed data 1 2 x\n",
	  "f:3:15: expected a value, a number 0..18446744073709551615, found \"x\"" },
};

/* Every line that a scope cannot have is refused at its place, with what is expected instead. */
static void refusals(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		struct scope *s = NULL;
		struct err e;
		int rc = parse(&s, rows[i].text, &e);

		if (rc == 0)
			fail_msg("\"%s\" is read", rows[i].text);
		assert_int_equal(rc, -ERR_TEXT);
		/* What follows is a hint. */
		if (strncmp(e.msg, rows[i].message, strlen(rows[i].message)) != 0)
			fail_msg("\"%s\": %s\nnot: %s", rows[i].text, e.msg, rows[i].message);
		assert_null(s);
	}
}

/* A line that is too long to be kept is refused where it becomes so. */
static void long_line(void **state)
{
	char text[1024] = C "cpu 0\ncheck ";
	size_t at = strlen(text);
	struct scope *s;
	struct err e;

	(void)state;
	memset(text + at, '0', 200);
	strcpy(text + at + 200, "1\nend\n");
	assert_int_equal(parse(&s, text, &e), -ERR_TEXT);
	assert_non_null(strstr(e.msg, "f:3:7: expected a line of a scope of at most 191 "
	                              "characters, found "));
	/* Blanks and a comment are not kept. */
	strcpy(text + at, "1");
	memset(text + at + 1, ' ', 200);
	strcpy(text + at + 201, "# one\nend\n");
	assert_int_equal(parse(&s, text, &e), 0);
	assert_string_equal(s->program[0].v[0].text, "check 1");
	scope_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refusals),
		cmocka_unit_test(long_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
