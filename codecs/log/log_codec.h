/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file log_codec.h
 * \brief The registry row of the codec log.
 */
#ifndef MDCI_LOG_CODEC_H
#define MDCI_LOG_CODEC_H

#include "codecs/codec.h"

extern const struct mdci_codec mdci_codec_log;

#endif
