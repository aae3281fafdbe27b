/* SPDX-License-Identifier: MIT */
/* A line to standard error, its level in front where the journal reads it. Never an address or a text. */
#ifndef COURIER_LOG_H
#define COURIER_LOG_H

enum level { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARNING = 4, LOG_LEVEL_INFO = 6 };

void log_line(enum level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
