libmdcmodels_la_SOURCES = models/tables.c models/tables.h
