/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file status.h
 * \brief The one way in which errors travel inside the library.
 */
#ifndef MDCI_STATUS_H
#define MDCI_STATUS_H

#include "src/midicoth.h"

/** Returns from the calling function unless `expr` is MDC_OK. */
#define MDCI_TRY(expr)                                                         \
    do {                                                                       \
        const enum mdc_status mdci_try_status = (expr);                        \
        if (mdci_try_status != MDC_OK)                                         \
            return mdci_try_status;                                            \
    } while (0)

/** The one exit for input that no encoder can have written. */
#define MDCI_CHECK(cond)                                                       \
    do {                                                                       \
        if (!(cond))                                                           \
            return MDC_DATA;                                                   \
    } while (0)

#endif
