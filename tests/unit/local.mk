# Unit tests: cmocka programs that link the internals beside the library.
if HAVE_CMOCKA
unit_tests = \
	tests/unit/test_api \
	tests/unit/test_base \
	tests/unit/test_codecs \
	tests/unit/test_damage \
	tests/unit/test_format \
	tests/unit/test_stream
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif
AM_CPPFLAGS += $(CMOCKA_CFLAGS)
unit_libs = libmidicoth.la $(INTERNAL_LIBS) $(CMOCKA_LIBS) $(PTHREAD_LIBS)
unit_samples = tests/unit/samples.c tests/unit/samples.h

tests_unit_test_base_SOURCES = tests/unit/test_base.c $(unit_samples)
tests_unit_test_base_LDADD = $(unit_libs)
tests_unit_test_codecs_SOURCES = tests/unit/test_codecs.c $(unit_samples)
tests_unit_test_codecs_LDADD = $(unit_libs)
tests_unit_test_stream_SOURCES = tests/unit/test_stream.c $(unit_samples)
tests_unit_test_stream_LDADD = $(unit_libs)
tests_unit_test_api_SOURCES = tests/unit/test_api.c $(unit_samples)
tests_unit_test_api_LDADD = $(unit_libs)
tests_unit_test_damage_SOURCES = tests/unit/test_damage.c $(unit_samples)
tests_unit_test_damage_LDADD = $(unit_libs)
tests_unit_test_format_SOURCES = tests/unit/test_format.c $(unit_samples) \
	tests/files/hand_made.c tests/files/hand_made.h
tests_unit_test_format_LDADD = $(unit_libs)
