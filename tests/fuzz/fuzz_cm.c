/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fuzz_cm.c
 * \brief Fuzz target: the chunk decoder of codec cm.
 */
#include "config.h"

#include "codecs/cm/cm_codec.h"
#include "tests/fuzz/fuzz_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void *state;
    fuzz_codec(&mdci_codec_cm, 4, 1024, &state, data, size);
    return 0;
}
