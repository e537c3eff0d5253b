libmdcbase_la_SOURCES = \
	src/base/account.h \
	src/base/buffer.c src/base/buffer.h \
	src/base/bytes.h \
	src/base/check.c src/base/check.h \
	src/base/compiler.h \
	src/base/fault.c src/base/fault.h \
	src/base/memory.c src/base/memory.h \
	src/base/status.c src/base/status.h \
	src/base/varint.c src/base/varint.h
