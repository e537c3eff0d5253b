/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file store_codec.h
 * \brief The codec that codes nothing: every chunk is stored.
 */
#ifndef MDCI_STORE_CODEC_H
#define MDCI_STORE_CODEC_H

#include "codecs/codec.h"

extern const struct mdci_codec mdci_codec_store;

#endif
