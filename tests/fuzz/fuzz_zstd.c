/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fuzz_zstd.c
 * \brief Fuzz target: the chunk decoder of codec zstd.
 */
#include "config.h"

#include "codecs/zstd/zstd_codec.h"
#include "tests/fuzz/fuzz_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void *state;
    fuzz_codec(&mdci_codec_zstd, 1, 65536, &state, data, size);
    return 0;
}
