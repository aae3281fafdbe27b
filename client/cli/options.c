/* SPDX-License-Identifier: MIT */
#include "options.h"

#include "error.h"
#include "pager.h"

#include <string.h>

enum { SOCKET = 256, LANGUAGE_TAG, REQUEST_ID, JSON, PLAIN, DRY_RUN, YES, NO_PAGER, HELP, VERSION };

const struct option global_options[] = {
    {"socket",      required_argument, NULL, SOCKET      },
    { "language",   required_argument, NULL, LANGUAGE_TAG},
    { "request-id", required_argument, NULL, REQUEST_ID  },
    { "json",       no_argument,       NULL, JSON        },
    { "plain",      no_argument,       NULL, PLAIN       },
    { "dry-run",    no_argument,       NULL, DRY_RUN     },
    { "yes",        no_argument,       NULL, YES         },
    { "no-pager",   no_argument,       NULL, NO_PAGER    },
    { "help",       no_argument,       NULL, HELP        },
    { "version",    no_argument,       NULL, VERSION     },
    { NULL,         0,                 NULL, 0           },
};

/* Danish is read when there is a sentence to say: an answer in data alone needs none, and is there sooner. */
static const char *load_danish(const char *sentence)
{
    language_load(); /* and from here on it translates by itself */
    language_use(DANISH);
    return text_translate(sentence);
}

void options_speak(struct options *options, enum language language)
{
    options->language = language;
    text_translator(language == DANISH ? load_danish : NULL);
}

static bool take_language(struct options *options, const char *tag)
{
    bool is_danish = strcmp(tag, "danish") == 0 || language_from_tag(tag) == DANISH;
    if (!is_danish && strcmp(tag, "english") != 0 && strncmp(tag, "en", 2) != 0)
        return false;
    options_speak(options, is_danish ? DANISH : ENGLISH);
    return true;
}

bool options_take(struct options *options, int option, const char *value)
{
    switch (option) {
    case SOCKET: options->socket = value; return true;
    case LANGUAGE_TAG: return take_language(options, value);
    case REQUEST_ID: options->request_id = value; return true;
    case JSON: options->style = STYLE_JSON; return true;
    case PLAIN: options->style = STYLE_PLAIN; return true;
    case DRY_RUN: options->is_dry_run = true; return true;
    case YES: options->is_yes = true; return true;
    case NO_PAGER: pager_forbid(); return true;
    case HELP: options->wants_help = true; return true;
    case VERSION: options->wants_version = true; return true;
    default: return false;
    }
}
