bin_PROGRAMS += midicoth
midicoth_SOURCES = \
	src/cli/args.c src/cli/args.h \
	src/cli/convert.c src/cli/convert.h \
	src/cli/dictionaries.c src/cli/dictionaries.h \
	src/cli/explain.c src/cli/explain.h src/cli/explain_html.c \
	src/cli/explain_svg.c \
	src/cli/file_io.c src/cli/file_io.h \
	src/cli/flush.c src/cli/flush.h \
	src/cli/grouped.c src/cli/grouped.h \
	src/cli/limits.c src/cli/limits.h \
	src/cli/list.c src/cli/list.h \
	src/cli/main.c \
	src/cli/message.c src/cli/message.h \
	src/cli/parse.c src/cli/parse.h \
	src/cli/pool.c src/cli/pool.h \
	src/cli/process.c src/cli/process.h \
	src/cli/progress.c src/cli/progress.h \
	src/cli/request.h \
	src/cli/signals.c src/cli/signals.h \
	src/cli/suffix.c src/cli/suffix.h \
	src/cli/target.c \
	src/cli/templates.c src/cli/templates.h \
	src/cli/verify.c \
	src/cli/walk.c src/cli/walk.h
midicoth_LDADD = libmidicoth.la $(PTHREAD_LIBS)
dist_man_MANS += doc/midicoth.1

# The same program restores under these names. Where the system looks the
# library up in a cache, it has to be told of it; elsewhere libtool has written
# into the command where the library is.
install-exec-hook:
	cd '$(DESTDIR)$(bindir)' && for name in unmidicoth mdccat; do \
	rm -f $$name && $(LN_S) midicoth$(EXEEXT) $$name$(EXEEXT) || exit 1; done
	test -n '$(DESTDIR)' || test "`id -u`" -ne 0 || \
	{ PATH=$$PATH:/sbin:/usr/sbin && { ! command -v ldconfig >/dev/null || \
	ldconfig; }; }
install-data-hook:
	cd '$(DESTDIR)$(man1dir)' && for name in unmidicoth mdccat; do \
	rm -f $$name.1 && $(LN_S) midicoth.1 $$name.1 || exit 1; done
uninstall-hook:
	for name in unmidicoth mdccat; do \
	rm -f '$(DESTDIR)$(bindir)'/$$name$(EXEEXT) \
	'$(DESTDIR)$(man1dir)'/$$name.1; done
