libmdcstream_la_SOURCES =
