/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fuzz_lidar.c
 * \brief Fuzz target: the chunk decoder of codec lidar.
 */
#include "config.h"

#include "codecs/lidar/lidar_codec.h"
#include "tests/fuzz/fuzz_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void *state;
    fuzz_codec(&mdci_codec_lidar, 4, 2048, &state, data, size);
    return 0;
}
