/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fuzz_lidar.c
 * \brief Fuzz target: the chunk decoder of codec lidar, exact and with a step.
 */
#include "config.h"

#include "codecs/lidar/lidar_codec.h"

#include <stdlib.h>

#include "tests/fuzz/fuzz_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct mdc_allocator no_hooks;
    static void *exact, *near;
    if (!near) {
        if (mdci_codec_lidar.open(&near, MDCI_DECODE, 4, 2048, &no_hooks) !=
            MDC_OK)
            abort();
        mdci_codec_lidar.set_step(near, 10000);
    }
    fuzz_codec(&mdci_codec_lidar, 4, 2048, &exact, data, size);
    fuzz_codec(&mdci_codec_lidar, 4, 2048, &near, data, size);
    return 0;
}
