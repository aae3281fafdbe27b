/* SPDX-License-Identifier: MIT */
/* What somebody typed for a day, taken apart. Where it lies is found in when_settle.c. */
#include "when.h"

#include "say.h"
#include "when_words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { TOKENS_MOST = 24, LONGEST = 80, DIGITS_MOST = 6, YEAR_DIGITS = 4 };

enum token_kind { TOKEN_END, TOKEN_NUMBER, TOKEN_WORD, TOKEN_SIGN };

struct token {
    enum token_kind kind;
    const char *word; /* in small letters, æ ø å as ae oe aa */
    int number, digits;
    char sign;
    bool is_apart; /* a blank before it */
};

struct parse {
    const struct field *field;
    const char *typed;
    struct token tokens[TOKENS_MOST + 3]; /* so that one may look two further */
    const struct token *at;
    struct when *when;
    struct arena *arena;
    struct error *error;
};

bool when_is_for(const struct field *field)
{
    return field->kind == KIND_DATE || field->kind == KIND_LOCAL || field->kind == KIND_MOMENT;
}

const char *when_examples(const struct field *field)
{
    return field->kind == KIND_DATE ? _("2027-03-01, 1/3, 1 March, monday, next friday, week 12 or +2w")
                                    : _("2027-03-01T09:00, 1/3 9:00, monday 10:00 or tomorrow at 9");
}

/* ---- what is refused ---- */

static enum code refuse(const struct parse *parse, const char *why)
{
    return fail(parse->error, INVALID, parse->field->name, _("%s; write for instance %s"), why,
                when_examples(parse->field));
}

static enum code refuse_all(const struct parse *parse)
{
    return refuse(parse, arena_print(parse->arena, _("\"%s\" is not understood"), parse->typed));
}

static enum code refuse_two(const struct parse *parse)
{
    return refuse(parse, arena_print(parse->arena, _("\"%s\" says more than one day"), parse->typed));
}

static enum code refuse_word(const struct parse *parse, const char *word)
{
    const char *nearest = when_nearest(word);
    if (!nearest)
        return refuse_all(parse);
    return refuse(parse,
                  arena_print(parse->arena, _("\"%s\" is not understood: \"%s\"; did you mean \"%s\"?"),
                              parse->typed, word, nearest));
}

/* ---- tokens ---- */

/* Small letters, and æ ø å in two ASCII letters each, as those write who lack them. */
static char *fold(struct arena *arena, const char *text, size_t length)
{
    static const char *const letters[][2] = {
        {"Æ",  "ae"},
        { "æ", "ae"},
        { "Ø", "oe"},
        { "ø", "oe"},
        { "Å", "aa"},
        { "å", "aa"}
    };
    char *folded = arena_copy(arena, text, length);
    for (char *c = folded; *c; c++) {
        *c = (char)tolower((unsigned char)*c);
        for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
            if (strncmp(c, letters[i][0], 2) == 0)
                memcpy(c, letters[i][1], 2);
    }
    return folded;
}

static bool is_letter(char c)
{
    return isalpha((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* Gives the number of bytes that the next token takes. */
static size_t take_token(struct parse *parse, struct token *token, const char *text)
{
    size_t length = 1;
    if (isdigit((unsigned char)*text)) {
        length = strspn(text, "0123456789");
        token->kind = TOKEN_NUMBER;
        token->digits = (int)length;
        token->number = length <= DIGITS_MOST ? atoi(text) : -1;
    } else if (is_letter(*text)) {
        while (is_letter(text[length]))
            length++;
        token->kind = TOKEN_WORD;
        token->word = arena_copy(parse->arena, text, length);
    } else {
        token->kind = TOKEN_SIGN;
        token->sign = *text;
    }
    return length;
}

static enum code tokenize(struct parse *parse, const char *text)
{
    bool is_apart = true;
    for (int count = 0; *text;) {
        struct token *token = &parse->tokens[count];
        if (*text == ' ') {
            text++;
            is_apart = true;
            continue;
        }
        if (count++ == TOKENS_MOST)
            return refuse_all(parse);
        text += take_token(parse, token, text);
        if (token->kind == TOKEN_NUMBER && token->number < 0)
            return refuse_all(parse);
        token->is_apart = is_apart;
        is_apart = false;
    }
    parse->at = parse->tokens;
    return OK;
}

static bool is_sign(const struct token *token, char sign)
{
    return token->kind == TOKEN_SIGN && token->sign == sign;
}

static bool take_sign(struct parse *parse, char sign)
{
    bool is_it = is_sign(parse->at, sign);
    parse->at += is_it;
    return is_it;
}

static bool is_word(const struct token *token, const char *word)
{
    return token->kind == TOKEN_WORD && strcmp(token->word, word) == 0;
}

static bool take_word(struct parse *parse, const char *word)
{
    bool is_it = is_word(parse->at, word);
    parse->at += is_it;
    return is_it;
}

static bool is_number_behind(const struct token *token, char sign)
{
    return is_sign(token, sign) && token[1].kind == TOKEN_NUMBER && !token->is_apart && !token[1].is_apart;
}

/* ---- parts ---- */

static enum code say_form(struct parse *parse, enum when_form form)
{
    if (parse->when->form != WHEN_NO_DAY)
        return refuse_two(parse);
    parse->when->form = form;
    return OK;
}

static enum code set_weekday(struct parse *parse, int weekday)
{
    if (parse->when->weekday != NO_WEEKDAY)
        return refuse_two(parse);
    parse->when->weekday = weekday;
    return OK;
}

static enum code set_civil(struct parse *parse, int day, int month, int year)
{
    /* without a year, 29 February is some day */
    struct civil civil = { year, month, day }, some = { year ? year : 2000, month, day };
    const char *why;
    if (month < 1 || month > 12)
        why = arena_print(parse->arena, _("\"%s\" is understood as day %d of month %d, the day first"),
                          parse->typed, day, month);
    else if (year)
        why = arena_print(parse->arena, _("\"%s\" is understood as %d %s %d, and there is no such day"),
                          parse->typed, day, say_month(month), year);
    else
        why = arena_print(parse->arena, _("\"%s\" is understood as %d %s, and there is no such day"),
                          parse->typed, day, say_month(month));
    if (!civil_is_valid(some))
        return refuse(parse, why);
    parse->when->civil = civil;
    return say_form(parse, WHEN_CIVIL);
}

/* 27 is 2027; a year of three digits is a slip. */
static enum code read_year(struct parse *parse, int *year)
{
    const struct token *token = parse->at++;
    if ((token->digits != 2 && token->digits != YEAR_DIGITS) || (token->digits > 2 && token->number == 0))
        return refuse_all(parse);
    *year = token->digits == 2 ? 2000 + token->number : token->number;
    return OK;
}

/* 1/3, 1/3/2027, 1.3., 1.3.2027, 1-3-2027; the first number is the current token */
static enum code read_day_and_month(struct parse *parse, char sign)
{
    int day = parse->at[0].number, month = parse->at[2].number, year = 0;
    parse->at += 3;
    if (is_number_behind(parse->at, sign)) {
        parse->at++;
        if (read_year(parse, &year))
            return parse->error->code;
    } else if (sign == '.' && !parse->at->is_apart)
        take_sign(parse, '.');
    return set_civil(parse, day, month, year);
}

static bool is_year(const struct token *token)
{
    return token->kind == TOKEN_NUMBER && token->digits == YEAR_DIGITS && token->number > 0;
}

/* "1 March", "March 1st, 2027": all but the year has been read */
static enum code end_month(struct parse *parse, int day, int month)
{
    const struct token *year = is_sign(parse->at, ',') ? parse->at + 1 : parse->at;
    bool has_year = is_year(year);
    if (has_year)
        parse->at = year + 1;
    parse->when->is_full = has_year;
    return set_civil(parse, day, month, has_year ? year->number : 0);
}

static int month_of(const struct token *token)
{
    const struct name *other, *name = token->kind == TOKEN_WORD ? when_name(token->word, &other) : NULL;
    return name && name->meaning == A_MONTH && !other ? name->value : 0;
}

static void skip_ordinal(struct parse *parse)
{
    static const char *const endings[] = { "st", "nd", "rd", "th" };
    if (parse->at->is_apart || take_sign(parse, '.'))
        return;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (take_word(parse, endings[i]))
            return;
}

/* ---- the time of day ---- */

static enum code set_time(struct parse *parse, int hour, int minute, int second)
{
    if (hour > 23 || minute > 59 || second > 59)
        return refuse(parse, arena_print(parse->arena,
                                         _("\"%s\" is understood as the time %02d:%02d, and there is none"),
                                         parse->typed, hour, minute));
    if (parse->when->has_time)
        return refuse_all(parse);
    parse->when->has_time = true;
    parse->when->time = hour * 3600 + minute * 60 + second;
    return OK;
}

/* 9, 9:30, 9.30, 9:30:15, 9am, 9.30 pm; the hour is the current token */
static enum code read_time(struct parse *parse)
{
    if (parse->at->kind != TOKEN_NUMBER || parse->at->digits > 2)
        return refuse_all(parse);
    int hour = parse->at++->number, minute = 0, second = 0;
    bool has_minute = is_number_behind(parse->at, ':') || is_number_behind(parse->at, '.');
    if (has_minute) {
        if (parse->at[1].digits != 2)
            return refuse_all(parse);
        minute = parse->at[1].number;
        parse->at += 2;
    }
    if (has_minute && is_number_behind(parse->at, ':')) {
        second = parse->at[1].number;
        parse->at += 2;
    }
    bool is_after = is_word(parse->at, "pm"), has_half = is_after || is_word(parse->at, "am");
    if (has_half && (hour < 1 || hour > 12))
        return refuse_all(parse);
    parse->at += has_half;
    return set_time(parse, has_half ? hour % 12 + 12 * is_after : hour, minute, second);
}

static bool has_day(const struct when *when)
{
    return when->form != WHEN_NO_DAY || when->weekday != NO_WEEKDAY;
}

/* ---- weeks ---- */

static enum code set_week(struct parse *parse, int week, int year)
{
    if (week < 1 || week > 53)
        return refuse(parse, arena_print(parse->arena, _("\"%s\": a year has 52 or 53 weeks"), parse->typed));
    parse->when->week = week;
    parse->when->week_year = year;
    return say_form(parse, WHEN_WEEK);
}

/* "week 12", "uge 12 2027", "week 12/2027": the word has been read */
static enum code read_week(struct parse *parse)
{
    if (parse->at->kind != TOKEN_NUMBER || parse->at->digits > 2)
        return refuse_all(parse);
    int week = parse->at++->number;
    const struct token *year = is_sign(parse->at, '/') || is_sign(parse->at, ',') ? parse->at + 1 : parse->at;
    bool has_year = is_year(year);
    if (has_year)
        parse->at = year + 1;
    return set_week(parse, week, has_year ? year->number : 0);
}

/* 2027-W12 and 2027-W12-5: ISO 8601 */
static enum code read_iso_week(struct parse *parse)
{
    int year = parse->at[0].number, week = parse->at[3].number;
    parse->at += 4;
    if (is_number_behind(parse->at, '-')) {
        int weekday = parse->at[1].number;
        parse->at += 2;
        if (weekday < 1 || weekday > 7)
            return refuse_all(parse);
        if (set_weekday(parse, weekday - 1))
            return parse->error->code;
    }
    return set_week(parse, week, year);
}

/* ---- numbers ---- */

static enum code read_year_first(struct parse *parse)
{
    const struct token *at = parse->at;
    if (at->number == 0)
        return refuse_all(parse);
    if (!is_number_behind(at + 1, '-') || !is_number_behind(at + 3, '-'))
        return is_sign(at + 1, '-') && is_word(at + 2, "w") && at[3].kind == TOKEN_NUMBER
                   ? read_iso_week(parse)
                   : refuse_all(parse);
    parse->at += 5;
    parse->when->is_full = true;
    return set_civil(parse, at[4].number, at[2].number, at[0].number);
}

static enum code read_number(struct parse *parse)
{
    const struct token *at = parse->at;
    if (at->digits == YEAR_DIGITS)
        return read_year_first(parse);
    if (at->digits > 2)
        return refuse_all(parse);
    bool is_half = is_word(at + 1, "am") || is_word(at + 1, "pm");
    if (is_sign(at + 1, ':') || is_half || (is_number_behind(at + 1, '.') && has_day(parse->when)))
        return read_time(parse);
    if (is_number_behind(at + 1, '/'))
        return read_day_and_month(parse, '/');
    if (is_number_behind(at + 1, '.'))
        return read_day_and_month(parse, '.');
    if (is_number_behind(at + 1, '-') && is_number_behind(at + 3, '-'))
        return read_day_and_month(parse, '-');
    parse->at++;
    skip_ordinal(parse);
    take_word(parse, "of");
    int month = month_of(parse->at);
    if (!month)
        return refuse_all(parse);
    parse->at++;
    take_sign(parse, '.');
    return end_month(parse, at->number, month);
}

/* ---- so long from now ---- */

/* The number and unit behind +, -, "in" or "om". */
static enum code read_distance(struct parse *parse, int sign)
{
    static const char *const ones[] = { "a", "an", "one", "en", "et" };
    int count = parse->at->kind == TOKEN_NUMBER ? parse->at->number : 0;
    for (size_t i = 0; i < sizeof ones / sizeof *ones; i++)
        count = is_word(parse->at, ones[i]) ? 1 : count;
    const struct token *unit = parse->at + 1;
    const struct name *found = parse->at->kind != TOKEN_END && unit->kind == TOKEN_WORD
                                   ? when_unit(unit->word)
                                   : NULL;
    if (!found || (count == 0 && parse->at->kind != TOKEN_NUMBER))
        return refuse_all(parse);
    parse->at += 2;
    parse->when->count = sign * count;
    parse->when->unit = (enum when_unit)found->value;
    return say_form(parse, WHEN_FROM_NOW);
}

/* ---- words ---- */

/* "next friday", "denne uge": the word that says which has been read */
static enum code read_near(struct parse *parse, int which)
{
    const struct name *other,
        *name = parse->at->kind == TOKEN_WORD ? when_name(parse->at->word, &other) : NULL;
    const struct name *word = parse->at->kind == TOKEN_WORD ? when_word(parse->at->word) : NULL;
    bool is_week = word && word->meaning == A_WEEK_WORD;
    if (!is_week && (!name || other || name->meaning != A_WEEKDAY))
        return refuse_all(parse);
    parse->at++;
    parse->when->count = which;
    if (is_week)
        return say_form(parse, WHEN_NEAR_WEEK);
    if (say_form(parse, which < 0 ? WHEN_WEEKDAY : WHEN_NEAR_WEEK))
        return parse->error->code;
    return set_weekday(parse, name->value);
}

/* "March 1st, 2027": the month has been read */
static enum code read_month(struct parse *parse, int month)
{
    take_sign(parse, '.');
    const struct token *day = parse->at;
    if (day->kind != TOKEN_NUMBER || day->digits > 2)
        return refuse(parse,
                      arena_print(parse->arena, _("\"%s\": say the day of the month too"), parse->typed));
    parse->at++;
    skip_ordinal(parse);
    return end_month(parse, day->number, month);
}

static enum code read_name(struct parse *parse)
{
    const char *word = parse->at++->word;
    const struct name *other, *name = when_name(word, &other);
    int weekday;
    if (when_is_gone(word, &weekday)) {
        parse->when->count = -1;
        return say_form(parse, WHEN_WEEKDAY) ? parse->error->code : set_weekday(parse, weekday);
    }
    if (!name)
        return refuse_word(parse, word);
    if (other)
        return refuse(parse, arena_print(parse->arena, _("\"%s\" could be %s or %s"), word, when_spoken(name),
                                         when_spoken(other)));
    if (name->meaning == A_MONTH)
        return read_month(parse, name->value);
    take_sign(parse, '.');
    return set_weekday(parse, name->value);
}

/* "i dag" is one word; and "the day after tomorrow" another. */
static const struct name *take_known(struct parse *parse)
{
    const struct token *at = parse->at;
    const struct name *known = NULL;
    if (is_word(at, "i") && at[1].kind == TOKEN_WORD)
        known = when_word(arena_print(parse->arena, "i%s", at[1].word));
    if (known) {
        parse->at += 2;
        return known;
    }
    if (is_word(at, "day") && is_word(at + 1, "after") && is_word(at + 2, "tomorrow")) {
        parse->at += 3;
        return when_word("overmorgen");
    }
    known = when_word(at->word);
    parse->at += known != NULL;
    return known;
}

static enum code read_word(struct parse *parse)
{
    const struct name *known = take_known(parse);
    if (!known)
        return read_name(parse);
    switch (known->meaning) {
    case A_DAY:
        parse->when->count = known->value;
        parse->when->unit = UNIT_DAY;
        return say_form(parse, WHEN_FROM_NOW);
    case A_NEAR: return read_near(parse, known->value);
    case A_WEEK_WORD: return read_week(parse);
    case AN_IN: return read_distance(parse, 1);
    case AN_AT: take_sign(parse, '.'); return read_time(parse);
    case A_NOON: return set_time(parse, 12, 0, 0);
    default: take_sign(parse, '.'); return OK;
    }
}

static enum code read_part(struct parse *parse)
{
    switch (parse->at->kind) {
    case TOKEN_NUMBER: return read_number(parse);
    case TOKEN_WORD: return read_word(parse);
    default: break;
    }
    if (take_sign(parse, ','))
        return OK;
    if (take_sign(parse, '+'))
        return read_distance(parse, 1);
    return take_sign(parse, '-') ? read_distance(parse, -1) : refuse_all(parse);
}

/* ---- all of it ---- */

static bool has_clock(const struct when *when)
{
    return when->has_time || (when->form == WHEN_FROM_NOW && when->unit <= UNIT_HOUR);
}

/* Whether the parts go together, and with the kind of the field. */
static enum code check_whole(struct parse *parse)
{
    struct when *when = parse->when;
    if (!has_day(when) && !when->has_time)
        return refuse_all(parse);
    if (when->form == WHEN_NO_DAY && when->weekday != NO_WEEKDAY)
        when->form = WHEN_WEEKDAY;
    if (when->form == WHEN_FROM_NOW && when->weekday != NO_WEEKDAY)
        return refuse_two(parse);
    if (when->form == WHEN_FROM_NOW && when->unit <= UNIT_HOUR && when->has_time)
        return refuse_all(parse);
    if (parse->field->kind == KIND_DATE && has_clock(when))
        return refuse(parse, arena_print(parse->arena, _("\"%s\": a whole day belongs here, without a time"),
                                         parse->typed));
    if (parse->field->kind == KIND_LOCAL && !has_clock(when))
        return refuse(parse, arena_print(parse->arena, _("\"%s\": say the time of day too"), parse->typed));
    return OK;
}

enum code when_read(const struct field *field, const char *text, size_t length, struct when *when,
                    struct arena *arena, struct error *error)
{
    struct parse parse = { .field = field, .when = when, .arena = arena, .error = error };
    *when = (struct when){ .weekday = NO_WEEKDAY };
    if (field->kind == KIND_MOMENT && instant_parse(text, length, &when->instant)) {
        when->is_instant = when->is_full = true;
        return OK;
    }
    parse.typed = arena_copy(arena, text, length);
    if (length > LONGEST || strlen(parse.typed) != length || text_length(parse.typed, false) < 0)
        return refuse(&parse, _("this is no day that anybody would type"));
    if (tokenize(&parse, fold(arena, text, length)))
        return error->code;
    while (parse.at->kind != TOKEN_END)
        if (read_part(&parse))
            return error->code;
    return check_whole(&parse);
}
