/* SPDX-License-Identifier: MIT */
#include "view.h"

#include <string.h>

static const struct view views[] = {
    {"mine.show",         view_mine   },
    { "reminder.preview", view_preview},
    { "rotation.explain", view_explain},
    { "sabbatical.free",  view_free   },
};

const struct view *view_find(const char *method)
{
    for (size_t i = 0; i < sizeof views / sizeof *views; i++)
        if (strcmp(views[i].method, method) == 0)
            return &views[i];
    return NULL;
}
