libmidicoth_la_SOURCES = \
	src/api/explanation.c \
	src/api/inspect.c \
	src/api/oneshot.c \
	src/api/options.c src/api/options.h \
	src/api/streaming.c \
	src/api/survey.c \
	src/api/train.c \
	src/api/version.c
libmidicoth_la_LIBADD = $(INTERNAL_LIBS)
# current:revision:age; see the libtool manual before changing it.
libmidicoth_la_LDFLAGS = -version-info 0:0:0 -no-undefined
if HAVE_VERSION_SCRIPT
libmidicoth_la_LDFLAGS += -Wl,--version-script=$(srcdir)/src/api/libmidicoth.map
endif
libmidicoth_la_DEPENDENCIES = src/api/libmidicoth.map libmdcstream.la \
	libmdccodecs.la libmdcmodels.la libmdcbase.la
EXTRA_DIST += src/api/libmidicoth.map src/api/midicoth.pc.in
pkgconfig_DATA = src/api/midicoth.pc
