/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file version.c
 * \brief The version of the library that is linked in.
 */
#include "config.h"

#include "src/midicoth.h"

uint32_t mdc_version_number(void)
{
    return MDC_VERSION_NUMBER;
}

const char *mdc_version_string(void)
{
    return MDC_VERSION_STRING;
}
