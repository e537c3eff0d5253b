/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fuzz_dictionary.h
 * \brief The dictionary that fuzz targets and their first inputs share.
 */
#ifndef FUZZ_DICTIONARY_H
#define FUZZ_DICTIONARY_H

static const char fuzz_dictionary[] =
    "a dictionary\r\nthe event 67890\r\nof kind 1234567890\r\nan event of";

#endif
