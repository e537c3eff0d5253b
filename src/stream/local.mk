libmdcstream_la_SOURCES = \
	src/stream/block_decoder.c src/stream/block_decoder.h \
	src/stream/coder.c src/stream/coder.h \
	src/stream/decoder.c src/stream/decoder.h \
	src/stream/dictionary.c src/stream/dictionary.h \
	src/stream/encoder.c src/stream/encoder.h \
	src/stream/frame.c src/stream/frame.h \
	src/stream/frame_reader.c src/stream/frame_writer.c \
	src/stream/proof.c src/stream/proof.h \
	src/stream/queue.c src/stream/queue.h \
	src/stream/stretch.c src/stream/stretch.h
dist_doc_DATA += doc/FORMAT.md
