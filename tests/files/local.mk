# Archives made by a program, and the command that judges them.
check_PROGRAMS += tests/files/make_files
tests_files_make_files_SOURCES = tests/files/make_files.c \
	tests/files/hand_made.c tests/files/hand_made.h
tests_files_make_files_LDADD = libmidicoth.la $(INTERNAL_LIBS)
TESTS += tests/files/files.sh
dist_check_SCRIPTS += tests/files/files.sh
EXTRA_DIST += tests/files/README.md
