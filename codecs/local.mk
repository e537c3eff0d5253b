libmdccodecs_la_SOURCES = \
	codecs/codec.h codecs/registry.c
