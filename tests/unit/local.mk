# Unit tests: cmocka programs that link the internals beside the library.
if HAVE_CMOCKA
unit_tests = \
	tests/unit/test_api \
	tests/unit/test_base \
	tests/unit/test_codecs \
	tests/unit/test_counters \
	tests/unit/test_damage \
	tests/unit/test_decision \
	tests/unit/test_dictionary \
	tests/unit/test_engine \
	tests/unit/test_facts \
	tests/unit/test_format \
	tests/unit/test_highctx \
	tests/unit/test_image \
	tests/unit/test_inputs \
	tests/unit/test_field \
	tests/unit/test_lidar \
	tests/unit/test_liar \
	tests/unit/test_line \
	tests/unit/test_log \
	tests/unit/test_match \
	tests/unit/test_memory \
	tests/unit/test_microdiffusion \
	tests/unit/test_mixer \
	tests/unit/test_novel \
	tests/unit/test_record \
	tests/unit/test_number \
	tests/unit/test_ppm \
	tests/unit/test_quantize \
	tests/unit/test_range_coder \
	tests/unit/test_reuse \
	tests/unit/test_stream \
	tests/unit/test_stretch \
	tests/unit/test_word
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
tests_unit_test_stretch_SOURCES = tests/unit/test_stretch.c $(unit_samples)
tests_unit_test_stretch_LDADD = $(unit_libs) -lm
tests_unit_test_api_SOURCES = tests/unit/test_api.c $(unit_samples)
tests_unit_test_api_LDADD = $(unit_libs)
tests_unit_test_reuse_SOURCES = tests/unit/test_reuse.c $(unit_samples)
tests_unit_test_reuse_LDADD = $(unit_libs)
tests_unit_test_dictionary_SOURCES = tests/unit/test_dictionary.c \
	$(unit_samples)
tests_unit_test_dictionary_LDADD = $(unit_libs)
tests_unit_test_memory_SOURCES = tests/unit/test_memory.c $(unit_samples)
tests_unit_test_memory_LDADD = $(unit_libs)
tests_unit_test_damage_SOURCES = tests/unit/test_damage.c $(unit_samples)
tests_unit_test_damage_LDADD = $(unit_libs)
tests_unit_test_format_SOURCES = tests/unit/test_format.c $(unit_samples) \
	tests/files/hand_made.c tests/files/hand_made.h
tests_unit_test_format_LDADD = $(unit_libs)

tests_unit_test_lidar_SOURCES = tests/unit/test_lidar.c \
	tests/unit/lidar_frames.c tests/unit/lidar_frames.h \
	$(lidar_scans) $(lidar_world) $(unit_samples)
tests_unit_test_lidar_LDADD = $(unit_libs) -lm
tests_unit_test_liar_SOURCES = tests/unit/test_liar.c $(unit_samples)
tests_unit_test_liar_LDADD = $(unit_libs) -lm
tests_unit_test_image_SOURCES = tests/unit/test_image.c \
	tests/unit/lidar_frames.c tests/unit/lidar_frames.h \
	$(lidar_world) $(unit_samples)
tests_unit_test_image_LDADD = $(unit_libs) -lm

tests_unit_test_quantize_SOURCES = tests/unit/test_quantize.c \
	tests/unit/lidar_frames.c tests/unit/lidar_frames.h \
	$(lidar_world) $(unit_samples)
tests_unit_test_quantize_LDADD = $(unit_libs) -lm

# The models
tests_unit_test_microdiffusion_SOURCES = tests/unit/test_microdiffusion.c \
	$(unit_samples)
tests_unit_test_microdiffusion_LDADD = $(unit_libs) -lm
tests_unit_test_range_coder_SOURCES = tests/unit/test_range_coder.c \
	$(unit_samples)
tests_unit_test_range_coder_LDADD = $(unit_libs) -lm
tests_unit_test_counters_SOURCES = tests/unit/test_counters.c $(unit_samples)
tests_unit_test_counters_LDADD = $(unit_libs) -lm
tests_unit_test_highctx_SOURCES = tests/unit/test_highctx.c $(unit_samples)
tests_unit_test_highctx_LDADD = $(unit_libs)
tests_unit_test_field_SOURCES = tests/unit/test_field.c $(unit_samples)
tests_unit_test_field_LDADD = $(unit_libs)
tests_unit_test_line_SOURCES = tests/unit/test_line.c $(unit_samples)
tests_unit_test_line_LDADD = $(unit_libs)
tests_unit_test_log_SOURCES = tests/unit/test_log.c $(unit_samples)
tests_unit_test_log_LDADD = $(unit_libs)
tests_unit_test_mixer_SOURCES = tests/unit/test_mixer.c $(unit_samples)
tests_unit_test_mixer_LDADD = $(unit_libs) -lm
tests_unit_test_match_SOURCES = tests/unit/test_match.c $(unit_samples)
tests_unit_test_match_LDADD = $(unit_libs)
tests_unit_test_ppm_SOURCES = tests/unit/test_ppm.c $(unit_samples)
tests_unit_test_ppm_LDADD = $(unit_libs)
tests_unit_test_number_SOURCES = tests/unit/test_number.c $(unit_samples)
tests_unit_test_number_LDADD = $(unit_libs) -lm
tests_unit_test_record_SOURCES = tests/unit/test_record.c $(unit_samples)
tests_unit_test_record_LDADD = $(unit_libs)
tests_unit_test_novel_SOURCES = tests/unit/test_novel.c $(unit_samples)
tests_unit_test_novel_LDADD = $(unit_libs)
tests_unit_test_word_SOURCES = tests/unit/test_word.c $(unit_samples)
tests_unit_test_word_LDADD = $(unit_libs)
tests_unit_test_engine_SOURCES = tests/unit/test_engine.c $(unit_samples)
tests_unit_test_engine_LDADD = $(unit_libs)
tests_unit_test_inputs_SOURCES = tests/unit/test_inputs.c \
	tests/unit/inputs_results.h tests/unit/inputs_with.h \
	tests/unit/inputs_with_scalar.c $(unit_samples)
tests_unit_test_inputs_LDADD = $(unit_libs)
if BUILD_AVX2
check_LTLIBRARIES += libinputsavx2.la
libinputsavx2_la_SOURCES = tests/unit/inputs_with_avx2.c
libinputsavx2_la_CFLAGS = $(AM_CFLAGS) $(AVX2_CFLAGS)
tests_unit_test_inputs_LDADD += libinputsavx2.la
endif
if BUILD_AVX512
check_LTLIBRARIES += libinputsavx512.la
libinputsavx512_la_SOURCES = tests/unit/inputs_with_avx512.c
libinputsavx512_la_CFLAGS = $(AM_CFLAGS) $(AVX512_CFLAGS)
tests_unit_test_inputs_LDADD += libinputsavx512.la
endif
if BUILD_NEON
tests_unit_test_inputs_SOURCES += tests/unit/inputs_with_neon.c
endif
# SIMDe's headers come in place of the compiler's own; lanes that overflow do so
# as signed numbers there.
if HAVE_SIMDE
check_LTLIBRARIES += libinputsemulated.la
libinputsemulated_la_SOURCES = tests/unit/inputs_emulated_avx512.c \
	tests/unit/inputs_emulated_neon.c
libinputsemulated_la_CPPFLAGS = -isystem $(srcdir)/tests/simde $(AM_CPPFLAGS)
libinputsemulated_la_CFLAGS = $(AM_CFLAGS) -Wno-psabi -fwrapv
tests_unit_test_inputs_LDADD += libinputsemulated.la
endif
EXTRA_DIST += tests/simde/arm_neon.h tests/simde/immintrin.h \
	tests/unit/inputs_with_avx2.c tests/unit/inputs_with_avx512.c \
	tests/unit/inputs_with_neon.c tests/unit/inputs_emulated_avx512.c \
	tests/unit/inputs_emulated_neon.c
tests_unit_test_decision_SOURCES = tests/unit/test_decision.c $(unit_samples)
tests_unit_test_decision_LDADD = $(unit_libs) -lm
tests_unit_test_facts_SOURCES = tests/unit/test_facts.c $(unit_samples)
tests_unit_test_facts_LDADD = $(unit_libs)
