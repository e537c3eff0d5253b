/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file limits.h
 * \brief What the machine has: cores and memory.
 */
#ifndef MDCI_LIMITS_H
#define MDCI_LIMITS_H

#include <stdint.h>

/** Lets what is freed go back to the system at once, if it is large. Else each
 *  thread would keep what one block took, beside what the next block takes in
 *  another thread, and no memory limit would hold. */
void mdci_give_memory_back(void);

/** Cores that this process may use, 1..256. */
unsigned mdci_cores(void);

/** Physical memory, bytes; UINT64_MAX if unknown. */
uint64_t mdci_ram(void);

/** The lowest memory limit of the control groups (version 1 and 2) that this
 *  process is in, bytes; UINT64_MAX if there is none. */
uint64_t mdci_cgroup_memory(void);

#endif
