/* SPDX-License-Identifier: MIT */
/*
 * The journal: structured fields, ids only, never personal data. Where there is no journal the same lines go
 * to stderr. Messages are English, for admins; what a caller sees is an error, not a log line.
 */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>

/* As syslog(3) numbers them. */
enum log_level {
    LOG_LEVEL_ERROR = 3,
    LOG_LEVEL_WARNING = 4,
    LOG_LEVEL_NOTICE = 5,
    LOG_LEVEL_INFO = 6,
    LOG_LEVEL_DEBUG = 7
};

/* What is less urgent than this is dropped; LOG_LEVEL_INFO at the start. */
void log_threshold(enum log_level level);

/* This thread tells nothing until it may again: what it does is only tried out. */
void log_silence(bool is_silent);

/*
 * log_write(LOG_LEVEL_INFO, "call refused", "METHOD", name, "CODE", word, NULL): a sentence, then pairs of a
 * field's name and its text, ended by NULL. Names are capitals as the journal wants them; LAUG_ is put before
 * them.
 */
void log_write(enum log_level level, const char *text, ...) __attribute__((sentinel));

#endif
