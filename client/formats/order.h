/* SPDX-License-Identifier: MIT */
/*
 * Who comes before whom: rows sorted so that each stands behind the one it refers to (a person behind the
 * manager), in time and memory that grow with the number of rows alone, whatever the depth.
 */
#ifndef ORDER_H
#define ORDER_H

#include "arena.h"

#include <stdint.h>

#define ORDER_NONE UINT32_MAX

/*
 * parents[i] is the row that row i refers to, or ORDER_NONE. Fills `order` (count rows) with all rows,
 * parents first and otherwise as they came. Rows that refer to each other in a ring have the ring's lowest
 * row in `rings` (count rows), all others ORDER_NONE; a ring stands in `order` as if its link from the lowest
 * row were cut. Gives the number of rings. `scratch` is used and not freed.
 */
uint32_t order_by_parent(const uint32_t *parents, uint32_t count, struct arena *scratch, uint32_t *order,
                         uint32_t *rings);

#endif
