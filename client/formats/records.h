/* SPDX-License-Identifier: MIT */
/*
 * Between rows of text and the catalogue's records: the checks of the catalogue hold for a file as for any
 * call, and what the service lists becomes rows that a file can be compared with.
 */
#ifndef RECORDS_H
#define RECORDS_H

#include "pack.h"
#include "stage.h"

enum { COLUMNS_MOST = 32 };

/* Which field of a record each heading is; NULL where it has none of that name. */
struct columns {
    const struct record *record;
    const struct field *fields[COLUMNS_MOST];
};

struct columns records_columns(const struct heading *headings, const struct record *record);

/* Refuses rows that the catalogue would refuse as parameters of `record`: too long, missing, no such word. */
void records_check(struct stage *stage, const struct record *record);

/*
 * Appends to `packer` a record with the row's values of the fields in `mask` (bit i is
 * headings[i]). Where the record has a list `clear`, fields of the mask that are empty are named in it. The
 * values were checked.
 */
void records_pack(const struct stage *stage, const struct staged *row, uint32_t mask,
                  const struct columns *columns, msgpack_packer *packer, struct arena *scratch);

/* A row more, from a record of the service: for each heading the field of that name, "" where it is absent.
 */
void records_unpack(struct stage *stage, const struct record *record, const void *base);

#endif
