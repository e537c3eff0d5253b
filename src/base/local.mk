libmdcbase_la_SOURCES = \
	src/base/memory.c src/base/memory.h \
	src/base/status.h
