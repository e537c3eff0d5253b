/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file status.c
 * \brief Statuses in words.
 */
#include "config.h"

#include "src/base/status.h"

const char *mdc_status_text(enum mdc_status status)
{
    switch (status) {
    case MDC_OK:
        return "success";
    case MDC_STREAM_END:
        return "end of archive";
    case MDC_NEED_INPUT:
        return "more input is needed";
    case MDC_NEED_OUTPUT:
        return "more room for output is needed";
    case MDC_MEM:
        return "out of memory";
    case MDC_MEMLIMIT:
        return "memory limit is too low";
    case MDC_FORMAT:
        return "not a midicoth archive";
    case MDC_UNSUPPORTED:
        return "unsupported archive";
    case MDC_OPTIONS:
        return "invalid options";
    case MDC_DATA:
        return "damaged archive";
    case MDC_CHECK:
        return "content check does not match";
    case MDC_TRUNCATED:
        return "unexpected end of archive";
    case MDC_IO:
        return "a callback failed";
    case MDC_GPU:
        return "no usable GPU";
    case MDC_PROG:
        return "the interface was misused";
    case MDC_DICTIONARY:
        return "another dictionary is needed";
    case MDC_OUTLIMIT:
        return "more output than the limit allows";
    case MDC_GAP:
        return "a frame is cut off";
    }
    return "unknown status";
}
