/* SPDX-License-Identifier: MIT */
#include "payload.h"

#include "character.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* U+200B, which is not seen: what a chat would take for a mention or an emoji is no longer in one piece. */
#define GAP "\xE2\x80\x8B"

/* What goes into a post, as it was given but for characters that steer. */
struct words {
    char *subject, *text, *command; /* command: "" where there is none */
};

/* ---- escaping ---- */

/* :tada: and :-) and the like, from the colon on; not 13:00, not https:// */
static bool is_emoji(const char *text)
{
    static const char word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-";
    size_t length = strspn(text + 1, word);
    if (length > 0 && text[1 + length] == ':')
        return true;
    return text[1] && !strchr(" \n0123456789", text[1]) && strncmp(text, "://", 3) != 0;
}

/* A list or heading begins so: "- ", "12. ", "===". */
static bool begins_list(const char *line)
{
    size_t digits = strspn(line, "0123456789");
    return digits > 0 && (line[digits] == '.' || line[digits] == ')');
}

/* What one character becomes in Markdown; NULL: itself. */
static const char *in_markdown(const char *at, bool is_first)
{
    static const char special[] = "\\`*_~[]>|#";
    static const char *const escaped[] = { "\\\\", "\\`", "\\*", "\\_", "\\~",
                                           "\\[",  "\\]", "\\>", "\\|", "\\#" };
    const char *found = strchr(special, *at);
    if (found)
        return escaped[found - special];
    switch (*at) {
    case '@': return "@" GAP;
    case '<': return "<" GAP; /* Mattermost makes @channel of <!channel> as Slack does */
    case ':': return is_emoji(at) ? ":" GAP : NULL;
    case '-': return is_first ? "\\-" : NULL;
    case '+': return is_first ? "\\+" : NULL;
    case '=': return is_first ? GAP "=" : NULL;
    default: return is_first && begins_list(at) ? GAP : NULL;
    }
}

/* What one character becomes in Slack's text: docs.slack.dev, "Formatting message text". */
static const char *in_slack(const char *at, bool is_first)
{
    (void)is_first;
    switch (*at) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '@': return "@" GAP;
    case ':': return is_emoji(at) ? ":" GAP : NULL;
    default: return NULL;
    }
}

/* {{DATE(…)}} is a function in Adaptive Cards. */
static const char *in_card(const char *at, bool is_first)
{
    (void)is_first;
    return *at == '{' ? "{" GAP : NULL;
}

static char *escape(const char *text, const char *(*becomes)(const char *at, bool is_first))
{
    char *escaped = malloc(7 * strlen(text) + 1), *to = escaped;
    bool is_first = true;
    if (!escaped)
        abort();
    for (const char *at = text; *at; at++) {
        if (is_first && (*at == ' ' || *at == '\t'))
            continue; /* four of them would be code */
        const char *instead = becomes(at, is_first);
        is_first = *at == '\n';
        if (instead)
            to = stpcpy(to, instead);
        if (!instead || strcmp(instead, GAP) == 0)
            *to++ = *at;
    }
    *to = 0;
    return escaped;
}

/* ---- JSON ---- */

/* A string that is freed. */
static json_t *take_string(char *text)
{
    json_t *string = json_string(text);
    free(text);
    return string;
}

static json_t *text_or_null(const char *text)
{
    return *text ? take_string(character_plain(text, false)) : json_null();
}

static json_t *run_of(const char *text, bool is_bold)
{
    return is_bold ? json_pack("{s:s, s:s, s:{s:b}}", "type", "text", "text", text, "style", "bold", true)
                   : json_pack("{s:s, s:s}", "type", "text", "text", text);
}

static json_t *for_slack(const struct words *words)
{
    char *text, *rest;
    if (asprintf(&text, "%s\n%s%s%s", words->subject, words->text, *words->command ? "\n" : "",
                 words->command) < 0 ||
        asprintf(&rest, "\n%s", words->text) < 0)
        abort();
    json_t *section = json_pack("{s:s, s:[o, o]}", "type", "rich_text_section", "elements",
                                run_of(words->subject, true), run_of(rest, false));
    json_t *elements = json_pack("[o]", section);
    if (*words->command)
        json_array_append_new(elements, json_pack("{s:s, s:[o]}", "type", "rich_text_preformatted",
                                                  "elements", run_of(words->command, false)));
    json_t *post = json_pack("{s:o, s:b, s:[{s:s, s:o}]}", "text", take_string(escape(text, in_slack)),
                             "mrkdwn", false, "blocks", "type", "rich_text", "elements", elements);
    free(text);
    free(rest);
    return post;
}

/* A command is made of words and ids; one that is not is left out rather than escaped in a way that shows. */
static bool is_code(const char *command)
{
    return *command && !strpbrk(command, "`@<\n");
}

static json_t *for_mattermost(const struct words *words)
{
    char *subject = escape(words->subject, in_markdown), *body = escape(words->text, in_markdown), *text;
    bool has_command = is_code(words->command);
    if (asprintf(&text, "**%s**\n%s%s%s%s", subject, body, has_command ? "\n`" : "",
                 has_command ? words->command : "", has_command ? "`" : "") < 0)
        abort();
    free(subject);
    free(body);
    return json_pack("{s:o}", "text", take_string(text));
}

static json_t *block_of(const char *line, const char *attribute, const char *value)
{
    json_t *run = json_pack("{s:s, s:o}", "type", "TextRun", "text", take_string(escape(line, in_card)));
    if (attribute)
        json_object_set_new(run, attribute, json_string(value));
    return json_pack("{s:s, s:[o]}", "type", "RichTextBlock", "inlines", run);
}

static json_t *for_teams(const struct words *words, const char *language)
{
    json_t *body = json_pack("[o]", block_of(words->subject, "weight", "Bolder"));
    for (const char *line = words->text; *line;) {
        size_t length = strcspn(line, "\n");
        char *one = strndup(line, length);
        if (!one)
            abort();
        if (length)
            json_array_append_new(body, block_of(one, NULL, NULL));
        free(one);
        line += length + (line[length] == '\n');
    }
    if (*words->command)
        json_array_append_new(body, block_of(words->command, "fontType", "Monospace"));
    json_t *card = json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "$schema",
                             "http://adaptivecards.io/schemas/adaptive-card.json", "type", "AdaptiveCard",
                             "version", "1.2", "lang", text_or_null(language), "fallbackText",
                             take_string(escape(words->subject, in_card)), "body", body);
    return json_pack("{s:s, s:[{s:s, s:n, s:o}]}", "type", "message", "attachments", "contentType",
                     "application/vnd.microsoft.card.adaptive", "contentUrl", "content", card);
}

static json_t *for_plain(const struct words *words, const struct letter *letter)
{
    return json_pack("{s:s, s:o, s:s, s:s, s:o, s:o, s:o, s:o}", "id", letter->message_id, "kind",
                     text_or_null(letter->kind), "title", words->subject, "text", words->text, "when",
                     text_or_null(letter->when), "subject", text_or_null(letter->about), "language",
                     text_or_null(letter->language), "command", text_or_null(words->command));
}

static json_t *make(const struct letter *letter, const struct words *words)
{
    if (strcmp(letter->form, "slack") == 0)
        return for_slack(words);
    if (strcmp(letter->form, "mattermost") == 0)
        return for_mattermost(words);
    if (strcmp(letter->form, "teams") == 0)
        return for_teams(words, *letter->language ? letter->language : "en");
    return for_plain(words, letter);
}

/* It stands in a header as it is. */
static bool id_is_good(const char *id)
{
    size_t length = strlen(id);
    return length > 0 && length <= 100 &&
           strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:") == length;
}

static bool form_is_known(const char *form)
{
    return strcmp(form, "slack") == 0 || strcmp(form, "mattermost") == 0 || strcmp(form, "teams") == 0 ||
           strcmp(form, "plain") == 0;
}

char *payload_build(const struct letter *letter, size_t *length, const char **why)
{
    *why = !id_is_good(letter->message_id)       ? "its id cannot stand in a header"
           : !form_is_known(letter->form)        ? "this courier does not know its form; install a newer one"
           : !*letter->subject && !*letter->text ? "it says nothing"
                                                 : NULL;
    if (*why)
        return NULL;
    struct words words = { .subject = character_plain(letter->subject, false),
                           .text = character_plain(letter->text, true),
                           .command = character_plain(letter->command, false) };
    json_t *made = make(letter, &words);
    char *bytes = made ? json_dumps(made, JSON_COMPACT) : NULL;
    if (!bytes)
        abort(); /* the texts are UTF-8: only memory can be short */
    *length = strlen(bytes);
    json_decref(made);
    free(words.subject);
    free(words.text);
    free(words.command);
    return bytes;
}
