/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_rows_avx2.c
 * \brief The coding of rows for AVX2; built with the flags for it.
 */
#define MDCI_AVX2 1
#include "codecs/log/log_rows_kernel.h"

int mdci_log_rows_encode_avx2(struct mdci_log_rows *rows,
                              const struct mdci_log_table *table,
                              struct mdci_range_coder *rc)
{
    return mdci_log_rows_code(rows, table, rc, 0);
}

int mdci_log_rows_decode_avx2(struct mdci_log_rows *rows,
                              const struct mdci_log_table *table,
                              struct mdci_range_coder *rc)
{
    return mdci_log_rows_code(rows, table, rc, 1);
}
