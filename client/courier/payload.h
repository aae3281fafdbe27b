/* SPDX-License-Identifier: MIT */
/*
 * What is posted, as JSON in the form that the place understands. The invariant: no name, title or text can
 * make anything but text of itself: no mention, no link with another face, no formatting, no emoji, no field.
 *
 *   slack       text for notifications, and a rich_text block, whose text elements Slack does not parse
 *               (docs.slack.dev, Block Kit, rich_text)
 *   mattermost  text in Markdown, escaped (developers.mattermost.com, incoming webhooks)
 *   teams       a message with an Adaptive Card 1.2, whose TextRuns are no Markdown (learn.microsoft.com,
 *               "Create incoming webhooks with Workflows", and Adaptive Cards, RichTextBlock)
 *   plain       Laug's own: id, kind, title, text, when, subject, language, command; null where there is none
 */
#ifndef COURIER_PAYLOAD_H
#define COURIER_PAYLOAD_H

#include "letter.h"

/* In memory of its own, to be freed; *length bytes. NULL where it must not be posted: *why is then a sentence
 * that lives for ever. Aborts when out of memory. */
char *payload_build(const struct letter *letter, size_t *length, const char **why);

#endif
