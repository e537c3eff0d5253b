/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fault.c
 * \brief What is wrong, in words.
 */
#include "config.h"

#include "src/base/fault.h"

#include <stdarg.h>
#include <stdio.h>

enum mdc_status mdci_fault_set(struct mdci_fault *fault, enum mdc_status status,
                               const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(fault->text, sizeof(fault->text), format, args);
    va_end(args);
    fault->status = status;
    return status;
}
