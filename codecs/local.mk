libmdccodecs_la_SOURCES = \
	codecs/codec.h codecs/registry.c \
	codecs/cm/cm_codec.c codecs/cm/cm_codec.h \
	codecs/lzma/lzma_codec.c codecs/lzma/lzma_codec.h \
	codecs/store/store_codec.c codecs/store/store_codec.h \
	codecs/zstd/zstd_codec.c codecs/zstd/zstd_codec.h \
	codecs/zstd/zstd_train.c
EXTRA_DIST += codecs/cm/SPEC.md
