libmdcmodels_la_SOURCES = \
	models/apm.h \
	models/byte_model.h \
	models/byte_model_learn.c models/byte_model_learners.h \
	models/byte_model_scalar.c \
	models/byte_model_variants.h \
	models/calendar.h models/certain.h models/character.h \
	models/context.h \
	models/counter.h \
	models/decision.h \
	models/engine.c models/engine.h \
	models/field.h models/field_contexts.h models/flag.h \
	models/highctx.h \
	models/inputs.h models/inputs_avx2.h models/inputs_avx512.h \
	models/inputs_neon.h models/inputs_scalar.h models/inputs_x86.h \
	models/integer.h \
	models/line.h \
	models/logistic.h \
	models/match.h \
	models/microdiffusion.h \
	models/mixer.h \
	models/model_set.c models/model_set.h \
	models/model_shapes.h \
	models/noise.h models/novel.h models/number.h \
	models/refine.h \
	models/starts.c models/starts.h \
	models/ppm.h \
	models/predictor.h \
	models/prior.c models/prior.h \
	models/range_coder.h \
	models/record.h \
	models/slots.h models/symbol_tree.h \
	models/tables.c models/tables.h \
	models/variants.c models/variants.h \
	models/word.h
libmdcmodels_la_LIBADD =

# Kernels for instruction sets are libraries of their own, with their own flags.
if BUILD_AVX2
noinst_LTLIBRARIES += libmdcmodelsavx2.la
libmdcmodelsavx2_la_SOURCES = models/byte_model_avx2.c
libmdcmodelsavx2_la_CFLAGS = $(AM_CFLAGS) $(AVX2_CFLAGS)
libmdcmodels_la_LIBADD += libmdcmodelsavx2.la
endif
if BUILD_AVX512
noinst_LTLIBRARIES += libmdcmodelsavx512.la
libmdcmodelsavx512_la_SOURCES = models/byte_model_avx512.c
libmdcmodelsavx512_la_CFLAGS = $(AM_CFLAGS) $(AVX512_CFLAGS)
libmdcmodels_la_LIBADD += libmdcmodelsavx512.la
endif
if BUILD_NEON
libmdcmodels_la_SOURCES += models/byte_model_neon.c
endif
EXTRA_DIST += models/models_tablegen.c models/starts_trainer.c \
	models/byte_model_avx2.c models/byte_model_avx512.c \
	models/byte_model_neon.c \
	doc/FRONT_ENDS.md

# The example of doc/FRONT_ENDS.md, a test of its own.
check_PROGRAMS += doc/examples/front_end
doc_examples_front_end_SOURCES = doc/examples/front_end.c
doc_examples_front_end_LDADD = libmdcmodels.la
TESTS += doc/examples/front_end
