/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fault.h
 * \brief What is wrong, in words, found where the place is not known yet.
 */
#ifndef MDCI_FAULT_H
#define MDCI_FAULT_H

#include "src/base/status.h"

struct mdci_fault {
    enum mdc_status status;
    char text[100]; /**< one line, "" if there is no fault */
};

/** Sets the fault to a printf-like text; returns status. */
enum mdc_status mdci_fault_set(struct mdci_fault *fault, enum mdc_status status,
                               const char *format, ...);

#endif
