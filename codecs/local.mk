libmdccodecs_la_SOURCES = \
	codecs/codec.h codecs/registry.c \
	codecs/cm/cm_codec.c codecs/cm/cm_codec.h \
	codecs/lidar/fit.h codecs/lidar/fit_image.c \
	codecs/lidar/fit_image.h codecs/lidar/fit_image_columns.c \
	codecs/lidar/fit_image_tables.c codecs/lidar/fit_knots.c \
	codecs/lidar/fit_lattice.c codecs/lidar/fit_pose.c \
	codecs/lidar/fit_scan.c codecs/lidar/fit_scan.h \
	codecs/lidar/fit_scan_all.c codecs/lidar/fit_scan_pose.c \
	codecs/lidar/fit_sweep.c codecs/lidar/fit_track.c \
	codecs/lidar/lidar_account.h codecs/lidar/lidar_bits.h \
	codecs/lidar/lidar_facts.c codecs/lidar/lidar_facts.h \
	codecs/lidar/lidar_codec.c codecs/lidar/lidar_codec.h \
	codecs/lidar/lidar_image.h codecs/lidar/lidar_kernel.h \
	codecs/lidar/lidar_layout.c codecs/lidar/lidar_layout.h \
	codecs/lidar/lidar_hdl32.h codecs/lidar/lidar_near.h \
	codecs/lidar/lidar_points.h \
	codecs/lidar/lidar_range.h codecs/lidar/lidar_scan.h \
	codecs/lidar/lidar_sweep.h codecs/lidar/lidar_trig.h \
	codecs/lidar/lidar_vlp32.h \
	codecs/log/log_codec.c codecs/log/log_codec.h \
	codecs/log/log_dictionary.c codecs/log/log_dictionary.h \
	codecs/log/log_facts.c \
	codecs/log/log_miner.c codecs/log/log_miner.h \
	codecs/log/log_number.c codecs/log/log_number.h \
	codecs/log/log_reader.c codecs/log/log_streams.h \
	codecs/log/log_noise.c codecs/log/log_noise.h \
	codecs/log/log_rows.c codecs/log/log_rows.h codecs/log/log_tape.h \
	codecs/log/log_rows_kernel.h \
	codecs/log/log_scan.c codecs/log/log_scan.h \
	codecs/log/log_stamp.c codecs/log/log_stamp.h \
	codecs/log/log_survey.c \
	codecs/log/log_templates.c codecs/log/log_templates.h \
	codecs/log/log_writer.c \
	codecs/lzma/lzma_codec.c codecs/lzma/lzma_codec.h \
	codecs/store/store_codec.c codecs/store/store_codec.h \
	codecs/zstd/zstd_codec.c codecs/zstd/zstd_codec.h \
	codecs/zstd/zstd_train.c
libmdccodecs_la_LIBADD =
if BUILD_AVX2
noinst_LTLIBRARIES += libmdccodecsavx2.la
libmdccodecsavx2_la_SOURCES = codecs/lidar/lidar_codec_avx2.c \
	codecs/log/log_rows_avx2.c
libmdccodecsavx2_la_CFLAGS = $(AM_CFLAGS) $(AVX2_CFLAGS)
libmdccodecs_la_LIBADD += libmdccodecsavx2.la
endif
EXTRA_DIST += codecs/cm/SPEC.md codecs/lidar/SPEC.md codecs/log/SPEC.md \
	codecs/lidar/lidar_codec_avx2.c codecs/log/log_rows_avx2.c
