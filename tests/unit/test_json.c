// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/json.h"
#include "tests/kit.h"

#include <stdlib.h>
#include <string.h>

/* Whatever JSON in a page says, it is data: nothing of it ends its element or begins another one, and it is read as it was. */
static void in_a_page(void **state)
{
	static const char wicked[] = "</script><img src=x onerror=alert(1)>&lt;\xe2\x80\xa8";
	json_t *v = json_pack("{s:s}", wicked, wicked), *again;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	(void)state;
	assert_non_null(f);
	json_in_page(f, v);
	assert_int_equal(fclose(f), 0);
	assert_null(strpbrk(text, "<>&"));
	for (const char *p = text; *p; p++)
		assert_in_range(*p, ' ', '~');
	again = json_loads(text, 0, NULL);
	assert_true(json_equal(again, v));
	json_decref(again);
	json_decref(v);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(in_a_page) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
