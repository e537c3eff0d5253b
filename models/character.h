/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file character.h
 * \brief Kinds of bytes, independent of any locale.
 */
#ifndef MDCI_CHARACTER_H
#define MDCI_CHARACTER_H

#include "models/integer.h"

MDCI_KERNEL int mdci_is_digit(uint32_t byte)
{
    return byte - '0' < 10;
}

/** ASCII letters, and every byte of a multi-byte UTF-8 character. */
MDCI_KERNEL int mdci_is_letter(uint32_t byte)
{
    return (byte | 32) - 'a' < 26 || byte >= 128;
}

MDCI_KERNEL int mdci_is_alnum(uint32_t byte)
{
    return mdci_is_digit(byte) || mdci_is_letter(byte);
}

/** 4-bit class: letter 1, digit 2, blank 3, newline 4, other 5..12. */
MDCI_KERNEL uint32_t mdci_character_class(uint32_t byte)
{
    return mdci_is_letter(byte)  ? 1
           : mdci_is_digit(byte) ? 2
           : byte == ' '         ? 3
           : byte == '\n'        ? 4
                                 : 5 + (byte & 7);
}

#endif
