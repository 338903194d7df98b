// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/results/sarif_rules.h"

#include "oracle/check/finding.h"
#include "oracle/results/results.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name, *sentence;
} words[] = {
#define RULE(name, sentence) { #name, sentence },
#include "oracle/results/rules.def"
};

static const char *word_sentence(const char *name)
{
	for (u32 i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(words[i].name, name) == 0)
			return words[i].sentence;
	return NULL;
}

/* "VmStates" of "vm_states": how SARIF writes the name of a rule. */
static char *pascal(const char *name)
{
	char *out = strdup(name), *to = out;
	bool up = true;

	if (!out)
		abort();
	for (; *name; name++) {
		if (*name == '_' || *name == '-') {
			up = true;
			continue;
		}
		*to++ = up && *name >= 'a' && *name <= 'z' ? (char)(*name - 'a' + 'A') : *name;
		up = false;
	}
	*to = '\0';
	return out;
}

/* What a person reads of it, and where there is more. */
static json_t *help(const char *name, const char *sentence, bool is_check)
{
	char *text, *markdown;
	json_t *o;

	if (asprintf(&text, "%s.%s%s%s", sentence,
	             is_check ? "  More is said by: hypsim check --explain " : "",
	             is_check ? name : "", is_check ? "" : "  docs/ci.md says how to go on.") < 0 ||
	    asprintf(&markdown, "%s.  %s%s%s[docs/ci.md](%sci.md#rules) says how to go on.",
	             sentence, is_check ? "`hypsim check --explain " : "", is_check ? name : "",
	             is_check ? "` says more, " : "",
	             HYPSIM_DOCS_URL[0] ? HYPSIM_DOCS_URL : "docs/") < 0)
		abort();
	o = json_pack("{s:s, s:s}", "text", text, "markdown", markdown);
	free(text);
	free(markdown);
	return o;
}

static json_t *rule_json(const char *name)
{
	enum check_id id = check_by_name(name, strlen(name));
	bool is_check = id != CHK_NR;
	const char *sentence = is_check ? check_sentence(id) : word_sentence(name);
	char *camel = pascal(name);
	json_t *o, *p;

	sentence = sentence ? sentence : name;
	o = json_pack("{s:s, s:s, s:{s:s}, s:o, s:{s:s}}", "id", name, "name", camel,
	              "shortDescription", "text", sentence, "help", help(name, sentence, is_check),
	              "defaultConfiguration", "level", "error");
	if (HYPSIM_DOCS_URL[0])
		json_object_set_new(o, "helpUri", json_string(HYPSIM_DOCS_URL "ci.md#rules"));
	if (is_check) {
		p = json_pack("{s:s, s:s, s:s}", "group", check_group_name(check_group(id)),
		              "clauses", check_clauses(id), "source", check_source(id));
		json_object_set_new(o, "properties", p);
	}
	free(camel);
	return o;
}

size_t sarif_rule(json_t *rules, const char *name)
{
	size_t i;

	for (i = 0; i < json_array_size(rules); i++)
		if (strcmp(results_string(json_array_get(rules, i), "id"), name) == 0)
			return i;
	json_array_append_new(rules, rule_json(name));
	return i;
}

void sarif_rule_of_case(json_t *rules, const char *name)
{
	if (check_by_name(name, strlen(name)) != CHK_NR || word_sentence(name))
		(void)sarif_rule(rules, name);
}
