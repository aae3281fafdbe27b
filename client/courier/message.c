/* SPDX-License-Identifier: MIT */
#include "message.h"

#include "character.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LINE_MAX_CHARACTERS = 76, WORD_MAX = 75, ID_MAX = 200, ADDRESS_MAX = 254 };

static const char hex[] = "0123456789ABCDEF";

/* ---- checks ---- */

bool domain_is_good(const char *domain)
{
    size_t length = strlen(domain);
    for (size_t i = 0; i < length; i++) {
        bool is_letter = isascii(domain[i]) && isalnum((unsigned char)domain[i]);
        if (!is_letter && domain[i] != '-' && (domain[i] != '.' || i == 0 || domain[i - 1] == '.'))
            return false;
    }
    return length > 0 && length <= 253 && domain[length - 1] != '.';
}

bool address_is_good(const char *address)
{
    const char *at = strchr(address, '@');
    if (!at || at == address || strlen(address) > ADDRESS_MAX || !domain_is_good(at + 1))
        return false;
    for (const char *c = address; c < at; c++)
        if (*c <= ' ' || *c >= 0x7F || strchr("<>()[]\\,;:\"", *c))
            return false;
    return address[0] != '.' && at[-1] != '.' && address[0] != '-';
}

static bool has_line_break(const char *text)
{
    return strpbrk(text, "\r\n") != NULL;
}

static bool is_language_tag(const char *language)
{
    size_t length = strlen(language);
    return length >= 2 && length <= 35 &&
           strspn(language, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == length;
}

static const char *fault_of(const struct mail *mail)
{
    if (!address_is_good(mail->to) || (mail->to_name && has_line_break(mail->to_name)))
        return "the recipient's name or address is not one that mail can go to";
    if (has_line_break(mail->subject))
        return "the subject holds a line break";
    if (!address_is_good(mail->from_address) || (mail->from_name && has_line_break(mail->from_name)))
        return "the sender is not an address";
    if (!mail->message_id[0] || strlen(mail->message_id) > ID_MAX)
        return "the message has no id, or one too long";
    if (!domain_is_good(mail->domain))
        return "the domain of message ids is not one";
    return NULL;
}

/* ---- headers ---- */

/* RFC 2047, 5 (3): what may stand for itself everywhere, also in the name before an address. */
static bool stands_for_itself(unsigned char c)
{
    return isascii(c) && (isalnum(c) || strchr("!*+-/", c)) && c;
}

static size_t character_size(const char *text)
{
    size_t size = 1;
    while ((text[size] & 0xC0) == 0x80)
        size++;
    return size;
}

/* How many characters of line `size` bytes take in a Q word. */
static size_t q_size(const char *text, size_t size)
{
    size_t sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += stands_for_itself((unsigned char)text[i]) || text[i] == ' ' ? 1 : 3;
    return sum;
}

static void put_q(FILE *out, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == ' ')
            putc('_', out);
        else if (stands_for_itself(c))
            putc(c, out);
        else
            fprintf(out, "=%c%c", hex[c >> 4], hex[c & 15]);
    }
}

static void put_b(FILE *out, const char *text, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < size; i += 3) {
        unsigned group = (unsigned char)text[i] * 65536u;
        group += i + 1 < size ? (unsigned char)text[i + 1] * 256u : 0;
        group += i + 2 < size ? (unsigned char)text[i + 2] : 0;
        putc(digits[group >> 18], out);
        putc(digits[group >> 12 & 63], out);
        putc(i + 1 < size ? digits[group >> 6 & 63] : '=', out);
        putc(i + 2 < size ? digits[group & 63] : '=', out);
    }
}

/*
 * `text` as encoded words, none of which splits a character; *column is where on the line it stands. A blank
 * between two encoded words does not count (RFC 2047, 6.2), so folding there changes nothing.
 */
static void put_words(FILE *out, const char *text, size_t *column)
{
    static const char frame[] = "=?utf-8?q?"
                                "?=";
    bool is_q = q_size(text, strlen(text)) <= 2 * strlen(text); /* Danish stays readable, emoji stay short */
    while (*text) {
        size_t room = LINE_MAX_CHARACTERS - *column, size = 0;
        room = (room < WORD_MAX ? room : WORD_MAX) - (sizeof frame - 1);
        while (text[size]) {
            size_t more = size + character_size(text + size);
            if ((is_q ? q_size(text, more) : (more + 2) / 3 * 4) > room)
                break;
            size = more;
        }
        if (size == 0) /* a row of stray continuation bytes is no character: cut it anywhere */
            size = room / 4 < strlen(text) ? room / 4 : strlen(text);
        fprintf(out, "=?utf-8?%c?", is_q ? 'q' : 'b');
        (is_q ? put_q : put_b)(out, text, size);
        fputs("?=", out);
        *column += sizeof frame - 1 + (is_q ? q_size(text, size) : (size + 2) / 3 * 4);
        text += size;
        if (*text) {
            fputs("\r\n ", out);
            *column = 1;
        }
    }
}

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if (!isascii(*text))
            return false;
    return true;
}

static void put_subject(FILE *out, const char *subject)
{
    char *text = character_plain(subject, false);
    size_t column = sizeof "Subject: " - 1, length = strlen(text);
    bool is_plain = is_ascii(text) && !strstr(text, "=?") && column + length <= LINE_MAX_CHARACTERS &&
                    (length == 0 || (text[0] != ' ' && text[length - 1] != ' '));
    fputs(length ? "Subject: " : "Subject:", out);
    if (is_plain)
        fputs(text, out);
    else
        put_words(out, text, &column);
    fputs("\r\n", out);
    free(text);
}

static bool is_phrase(const char *name)
{
    for (const char *c = name; *c; c++)
        if (!isascii(*c) || (!isalnum((unsigned char)*c) && !strchr(" !#$%&'*+-/=?^_`{|}~", *c)))
            return false;
    return !strstr(name, "=?") && name[0] != ' ' && name[strlen(name) - 1] != ' ';
}

static void put_address(FILE *out, const char *header, const char *plain_name, const char *address)
{
    size_t column = strlen(header);
    char *name = character_plain(plain_name ? plain_name : "", false);
    fputs(header, out);
    if (*name && is_phrase(name) && column + strlen(name) < LINE_MAX_CHARACTERS) {
        fputs(name, out);
        column += strlen(name);
    } else
        put_words(out, name, &column);
    if (*name)
        fputs(column + 3 + strlen(address) <= LINE_MAX_CHARACTERS ? " " : "\r\n ", out);
    fprintf(out, "<%s>\r\n", address);
    free(name);
}

/* RFC 5322, 3.3, in UTC and in English whatever the locale. */
static void put_date(FILE *out, int64_t at)
{
    static const char days[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
    static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    time_t seconds = (time_t)at;
    struct tm utc;
    gmtime_r(&seconds, &utc);
    fprintf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[utc.tm_wday], utc.tm_mday,
            months[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

/*
 * The occurrence's id as a dot-atom (RFC 5322, 3.2.3): what cannot stand in one is %XX, and so is % itself,
 * so that two ids never become one.
 */
static void put_message_id(FILE *out, const char *id, const char *domain)
{
    fputs("Message-ID: <", out);
    for (size_t i = 0; id[i]; i++) {
        unsigned char c = (unsigned char)id[i];
        bool is_inner_dot = c == '.' && i > 0 && id[i - 1] != '.' && id[i + 1];
        if (isascii(c) && (isalnum(c) || c == '-' || c == '_' || c == '+' || is_inner_dot))
            putc(c, out);
        else
            fprintf(out, "%%%c%c", hex[c >> 4], hex[c & 15]);
    }
    fprintf(out, "@%s>\r\n", domain);
}

/* ---- the body ---- */

/* One line without its end, in quoted-printable (RFC 2045, 6.7); softly broken at 76 characters. */
static void put_line(FILE *out, const char *line, size_t length)
{
    size_t column = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)line[i];
        bool is_last = i + 1 == length;
        bool is_blank = c == ' ' || c == '\t';
        bool is_plain = (c > ' ' && c < 0x7F && c != '=') || (is_blank && !is_last);
        if (i == 0 && length >= 5 && memcmp(line, "From ", 5) == 0)
            is_plain = false; /* mailboxes would put a > before it */
        size_t size = is_plain ? 1 : 3;
        if (column + size > (size_t)LINE_MAX_CHARACTERS - !is_last) {
            fputs("=\r\n", out);
            column = 0;
        }
        if (is_plain)
            putc(c, out);
        else
            fprintf(out, "=%c%c", hex[c >> 4], hex[c & 15]);
        column += size;
    }
    fputs("\r\n", out);
}

/* A text's lines, without anything in them that would steer a reader. */
static void put_body(FILE *out, const char *text)
{
    char *plain = character_plain(text, true);
    for (const char *line = plain; *line;) {
        size_t length = strcspn(line, "\n");
        put_line(out, line, length);
        line += length + (line[length] == '\n');
    }
    free(plain);
}

/* ---- parts ---- */

static void put_part_head(FILE *out, const char *type)
{
    fprintf(out, "Content-Type: %s\r\nContent-Transfer-Encoding: quoted-printable\r\n", type);
}

/*
 * No content can forge it: quoted-printable writes = only before two hexadecimal digits or at the end of a
 * line, and here an underscore follows. It differs from mail to mail, so that one may carry another.
 */
static void make_boundary(const struct mail *mail, char boundary[static 32])
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (const char *c = mail->message_id; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    snprintf(boundary, 32, "=_%016" PRIx64, hash);
}

static void put_part(FILE *out, const char *boundary, const char *type, const char *text)
{
    fprintf(out, "\r\n--%s\r\n", boundary); /* the first line end is the boundary's */
    put_part_head(out, type);
    fputs("\r\n", out);
    put_body(out, text);
}

/* The same in several forms, the plainest first (RFC 2046, 5.1.4). */
static void put_alternatives(FILE *out, const struct mail *mail, const char *boundary)
{
    char type[80];
    put_part(out, boundary, "text/plain; charset=utf-8", mail->text);
    if (mail->html && *mail->html)
        put_part(out, boundary, "text/html; charset=utf-8", mail->html);
    snprintf(type, sizeof type, "text/calendar; charset=UTF-8; method=%s", mail->method); /* RFC 6047, 2.4 */
    if (mail->calendar)
        put_part(out, boundary, type, mail->calendar);
    fprintf(out, "\r\n--%s--\r\n", boundary);
}

char *message_build(const struct mail *mail, size_t *length, const char **why)
{
    char *bytes = NULL, boundary[32];
    *why = fault_of(mail);
    if (*why)
        return NULL;
    FILE *out = open_memstream(&bytes, length);
    if (!out)
        abort();
    make_boundary(mail, boundary);
    put_date(out, mail->at);
    put_address(out, "From: ", mail->from_name, mail->from_address);
    put_address(out, "To: ", mail->to_name, mail->to);
    put_subject(out, mail->subject);
    put_message_id(out, mail->message_id, mail->domain);
    fputs("Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n", out); /* RFC 3834, 5 */
    bool has_parts = (mail->html && *mail->html) || mail->calendar;
    if (has_parts)
        fprintf(out, "Content-Type: multipart/alternative; boundary=\"%s\"\r\n", boundary);
    else
        put_part_head(out, "text/plain; charset=utf-8");
    if (mail->language && is_language_tag(mail->language))
        fprintf(out, "Content-Language: %s\r\n", mail->language);
    if (has_parts)
        put_alternatives(out, mail, boundary);
    else {
        fputs("\r\n", out);
        put_body(out, mail->text);
    }
    if (fclose(out) != 0)
        abort();
    return bytes;
}
