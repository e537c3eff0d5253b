/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_codec_avx2.c
 * \brief The coding of points for AVX2; built with the flags for it.
 */
#define MDCI_AVX2 1
#include "codecs/lidar/lidar_kernel.h"

enum mdc_status mdci_lidar_encode_avx2(struct mdci_lidar_state *s,
                                       struct mdci_range_coder *rc,
                                       const struct mdci_lidar_layout *layout,
                                       uint32_t method, uint8_t *record,
                                       size_t count)
{
    return mdci_lidar_code_part(s, rc, 0, layout, method, record, count);
}

enum mdc_status mdci_lidar_decode_avx2(struct mdci_lidar_state *s,
                                       struct mdci_range_coder *rc,
                                       const struct mdci_lidar_layout *layout,
                                       uint32_t method, uint8_t *record,
                                       size_t count)
{
    return mdci_lidar_code_part(s, rc, 1, layout, method, record, count);
}
