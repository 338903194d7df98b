// SPDX-License-Identifier: GPL-2.0-only
/* VMPower: on is whatever is not POWEROFF. */
#include "sim/hyp/vm_power.h"

#include "shmem/locks.h"
#include "tests/kit.h"
#include "tests/kit_hyp.h"

static struct test_machine t;

static void halt(struct cpu *c)
{
	panic_called(c);
}

KIT_VOID(acquire_lock_vm, (u32)k[0])
KIT_VALUE(get_vm_poweron, (u32)k[0])
KIT_VOID(set_vm_poweroff, (u32)k[0])
KIT_VOID(halt)

/* Every state of every VM: read, switched off, read. */
static void states(void **state)
{
	(void)state;
	for (u32 s = UNUSED; s <= ACTIVE; s++) {
		test_machine_boot(&t, 1, NULL);
		for (vmid_t v = 0; v < N_VMID; v += 4) {
			kit_set_state(&t, v, s);
			assert_int_equal(OK(get_vm_poweron, v), s != POWEROFF);
			assert_int_equal(kit_cell(&t, INFO_ID + v, F_INFO_vm_state, 0), s);
			OK(set_vm_poweroff, v);
			assert_int_equal(kit_cell(&t, INFO_ID + v, F_INFO_vm_state, 0), POWEROFF);
			assert_int_equal(OK(get_vm_poweron, v), 0);
		}
		assert_int_equal(kit_cell(&t, INFO_ID + 1, F_INFO_vm_power, 0), 0);
		kit_judge(&t);
		test_machine_free(&t);
	}
}

static void events(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	OK(get_vm_poweron, 3);
	OK(set_vm_poweroff, 3);
	OK(set_vm_poweroff, 3);
	kit_expect_events(&t, 0,
	                  "[get_vm_poweron(3) INFO:3+ INFO:3- OVM_GET] "
	                  "[set_vm_poweroff(3) INFO:3+ INFO:3* OVM_POWEROFF] "
	                  "[set_vm_poweroff(3) INFO:3+ INFO:3- OVM_POWEROFF]");
	test_machine_free(&t);
}

/* No VM; its lock taken already; nothing on a halted machine, where a VM reads as off. */
static void stuck_and_halted(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	REFUSES(get_vm_poweron, 17);
	REFUSES(set_vm_poweroff, 17);
	kit_expect_events(&t, 0, "");
	OK(acquire_lock_vm, 2);
	STUCK(LOCK_TAKEN, get_vm_poweron, 2);
	STUCK(LOCK_TAKEN, set_vm_poweroff, 2);
	kit_forget(&t);
	PANICS(halt);
	PANICS(get_vm_poweron, 3);
	PANICS(set_vm_poweroff, 3);
	PANICS(get_vm_poweron, 17);
	PANICS(set_vm_poweroff, 17);
	kit_expect_events(&t, 0, "");
	assert_int_equal(kit_cell(&t, INFO_ID + 3, F_INFO_vm_state, 0), UNUSED);
	test_machine_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states),
		cmocka_unit_test(events),
		cmocka_unit_test(stuck_and_halted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
