/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file cm_codec.h
 * \brief The byte engine as a codec: context mixing and micro-diffusion.
 */
#ifndef MDCI_CM_CODEC_H
#define MDCI_CM_CODEC_H

#include "codecs/codec.h"

extern const struct mdci_codec mdci_codec_cm;

#endif
