/* SPDX-License-Identifier: MIT */
#include "mending.h"

#include "catalogue.h"
#include "day.h"
#include "icalendar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A resource of the collection that could be ours. */
struct found {
    char *uid; /* without the domain */
    const char *name, *etag, *data;
    bool is_taken;
};

static char *copy(const char *text)
{
    char *made = strdup(text);
    if (!made)
        abort();
    return made;
}

static uint64_t print_of(const char *text)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211u;
    return hash;
}

/* Slugs have no letter that an address would have to escape. */
static char *name_of(const char *uid)
{
    char *name;
    if (asprintf(&name, "laug-%s.ics", uid) < 0)
        abort();
    return name;
}

/* ---- what is there ---- */

/* The part before our domain; NULL where the UID is not of our making. The caller's. */
static char *our_uid(const char *data, const char *domain)
{
    char *uid = icalendar_uid(data), *at = uid ? strrchr(uid, '@') : NULL;
    bool is_ours = at && strcmp(at + 1, domain) == 0;
    if (is_ours)
        *at = 0;
    if (is_ours && slug_is_valid(uid))
        return uid;
    free(uid);
    return NULL;
}

static int by_uid(const void *left, const void *right)
{
    const struct found *a = left, *b = right;
    return strcmp(a->uid, b->uid);
}

/* Those that could be ours, by uid; *count of them. */
static struct found *find_ours(const struct multistatus *multistatus, const char *domain,
                               const struct dav_place *place, size_t *count)
{
    size_t all, ours = 0;
    const struct resource *resources = multistatus_resources(multistatus, &all);
    struct found *found = calloc(all + 1, sizeof *found);
    if (!found)
        abort();
    for (size_t i = 0; i < all; i++) {
        const char *name = dav_name(place, resources[i].href);
        char *uid = name && *resources[i].etag ? our_uid(resources[i].data, domain) : NULL;
        if (uid)
            found[ours++] = (struct found){ uid, name, resources[i].etag, resources[i].data, false };
    }
    qsort(found, ours, sizeof *found, by_uid);
    *count = ours;
    return found;
}

/* ---- what should be there ---- */

static int32_t first_day(const struct calendar_entry *entry)
{
    return entry->from     ? *entry->from
           : entry->starts ? day_of_seconds(*entry->starts)
                           : day_of_seconds(entry->starts_at ? *entry->starts_at : 0);
}

static bool is_wanted(const struct calendar_entry *entry)
{
    return entry->state != CALENDAR_ENTRY_STATE_CANCELLED;
}

static int entry_by_uid(const void *left, const void *right)
{
    const struct calendar_entry *const *a = left, *const *b = right;
    return strcmp((*a)->uid, (*b)->uid);
}

static const struct calendar_entry **sort_entries(const struct listing *listing, size_t *count)
{
    const struct calendar_entry **entries = calloc(listing->count + 1, sizeof *entries);
    if (!entries)
        abort();
    *count = 0;
    for (size_t i = 0; i < listing->count; i++)
        if (is_wanted(&listing->entries[i]))
            entries[(*count)++] = &listing->entries[i];
    qsort(entries, *count, sizeof *entries, entry_by_uid);
    return entries;
}

/* ---- the steps ---- */

struct comparing {
    const char *domain;
    struct kept *old; /* of the look before */
    size_t old_count;
    struct step **end;
    struct mending *mending;
};

static int kept_by_uid(const void *left, const void *right)
{
    const struct kept *a = left, *b = right;
    return strcmp(a->uid, b->uid);
}

static void add_step(struct comparing *comparing, struct step step)
{
    struct step *made = malloc(sizeof *made);
    if (!made)
        abort();
    *made = step;
    made->next = NULL;
    *comparing->end = made;
    comparing->end = &made->next;
}

static void keep(struct mending *mending, const char *uid, const char *etag, uint64_t print)
{
    mending->kept = reallocarray(mending->kept, mending->kept_count + 1, sizeof *mending->kept);
    if (!mending->kept)
        abort();
    mending->kept[mending->kept_count++] = (struct kept){ copy(uid), copy(etag), print };
}

/* Whether the server holds it in a way of its own that we have seen right after putting it. */
static bool is_kept(const struct comparing *comparing, const struct found *found, uint64_t print)
{
    const struct kept *kept = !comparing->old_count
                                  ? NULL
                                  : bsearch(&(struct kept){ .uid = found->uid }, comparing->old,
                                            comparing->old_count, sizeof *kept, kept_by_uid);
    return kept && kept->print == print && (!*kept->etag || strcmp(kept->etag, found->etag) == 0);
}

static void compare(struct comparing *comparing, const struct calendar_entry *entry, struct found *found,
                    bool is_in_span)
{
    const struct icalendar stored = { .method = ICALENDAR_STORED, .domain = comparing->domain };
    char *text = icalendar_write(&stored, entry, 1);
    uint64_t print = print_of(text);
    if (found) {
        found->is_taken = true;
        if (icalendar_is_same(text, found->data) || is_kept(comparing, found, print))
            keep(comparing->mending, entry->uid, found->etag, print);
        else
            add_step(comparing, (struct step){ .verb = DAV_PUT_AGAIN,
                                               .uid = copy(entry->uid),
                                               .print = print,
                                               .name = copy(found->name),
                                               .etag = copy(found->etag),
                                               .text = copy(text) });
    } else if (is_in_span)
        add_step(comparing, (struct step){ .verb = DAV_PUT_NEW,
                                           .uid = copy(entry->uid),
                                           .print = print,
                                           .name = name_of(entry->uid),
                                           .etag = copy(""),
                                           .text = copy(text) });
    free(text);
}

/* What we no longer have an entry for; but only where the name, too, is one that we give. */
static void remove_others(struct comparing *comparing, const struct found *found, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *name = name_of(found[i].uid);
        if (!found[i].is_taken && strcmp(name, found[i].name) == 0)
            add_step(comparing, (struct step){ .verb = DAV_REMOVE,
                                               .uid = copy(found[i].uid),
                                               .name = copy(name),
                                               .etag = copy(found[i].etag),
                                               .text = copy("") });
        free(name);
    }
}

static void free_kept(struct kept *kept, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(kept[i].uid);
        free(kept[i].etag);
    }
    free(kept);
}

void mending_find(struct mending *mending, const struct listing *listing, struct span span,
                  const char *domain, const struct dav_place *place, const struct multistatus *multistatus)
{
    struct comparing comparing = {
        .domain = domain, .old = mending->kept, .old_count = mending->kept_count, .mending = mending
    };
    size_t found_count, entries_count;
    struct found *found = find_ours(multistatus, domain, place, &found_count);
    const struct calendar_entry **entries = sort_entries(listing, &entries_count);
    mending->kept = NULL;
    mending->kept_count = 0;
    mending_free(mending);
    comparing.end = &mending->steps;
    if (comparing.old_count)
        qsort(comparing.old, comparing.old_count, sizeof *comparing.old, kept_by_uid);
    for (size_t i = 0; i < entries_count; i++) {
        int32_t day = first_day(entries[i]);
        bool is_in_span = day >= span.from && day <= span.until;
        compare(&comparing, entries[i],
                bsearch(&(struct found){ .uid = (char *)entries[i]->uid }, found, found_count, sizeof *found,
                        by_uid),
                is_in_span);
        mending->entries += is_in_span;
    }
    remove_others(&comparing, found, found_count);
    free_kept(comparing.old, comparing.old_count);
    for (size_t i = 0; i < found_count; i++)
        free(found[i].uid);
    free(found);
    free(entries);
}

void mending_keep(struct mending *mending, const struct step *step, const char *etag)
{
    if (step->verb != DAV_REMOVE)
        keep(mending, step->uid, etag, step->print);
}

void step_free(struct step *step)
{
    free(step->uid);
    free(step->name);
    free(step->etag);
    free(step->text);
    free(step);
}

void mending_free(struct mending *mending)
{
    while (mending->steps) {
        struct step *step = mending->steps;
        mending->steps = step->next;
        step_free(step);
    }
    free_kept(mending->kept, mending->kept_count);
    *mending = (struct mending){ .steps = NULL };
}
