/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A VM that leaves the machine encrypted and comes back: vCPUs and buffers.
 *
 * Layer: BootOps  over: BootAux
 *
 * A panic leaves the locks held that are held then.  A halted machine: nothing.
 */
#include "cpu/cpu.h"

/**
 * save_encrypted_vcpu() - hand the host a vCPU's registers, encrypted: no effect in the model, and no state is looked at
 *
 * Source: BootOps, save_encrypted_vcpu_spec0
 * Locks:  none
 */
void save_encrypted_vcpu(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);

/**
 * load_encrypted_vcpu() - a vCPU of a VM that is not verified yet gets registers that the host has encrypted
 *
 * Its first run then takes them instead of an entry point.
 *
 * Source: BootOps, load_encrypted_vcpu_spec0.  Event: OLOAD_ENC_VCPU.  Errata: decrypt-oracle, set-vm-inc-exe
 * Locks:  INFO(vmid)
 * Panics: VM or vCPU are not READY
 * Stuck:  STUCK_RANGE
 */
void load_encrypted_vcpu(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid);

/**
 * save_encrypt_buf() - encrypt a page of the VM into a page of the host
 * @inbuf, @outbuf: addresses in bytes
 *
 * Source: BootOps, save_encrypt_buf_spec0.  Event: OSAVE_ENC_BUF.  Erratum mem-buf-pfn
 * Locks:  S2PAGE
 * Panics: @inbuf is not the VM's, or @outbuf not the host's
 * Stuck:  STUCK_RANGE
 */
void save_encrypt_buf(struct cpu *c, vmid_t vmid, u64 inbuf, u64 outbuf);

/**
 * load_decrypt_buf() - a page of the host becomes the VM's, decrypted; it has no guest address yet
 * @inbuf: address in bytes, < 2^40
 *
 * Source: BootOps, load_decrypt_buf_spec0.  Event: OLOAD_ENC_BUF.  Errata: decrypt-buf-count, mem-buf-pfn
 * Locks:  INFO(vmid) > S2PAGE > NPT(HOSTVISOR)
 * Panics: the VM is not READY; the page is not the host's; clear_pfn_host()
 * Stuck:  STUCK_RANGE
 */
void load_decrypt_buf(struct cpu *c, vmid_t vmid, u64 inbuf);
