/* SPDX-License-Identifier: MIT */
/* Mails, byte for byte; that others read them as they were meant is test_message.py's to see. */
#include "message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct mail plain = { .from_name = "Laug",
                                   .from_address = "laug@firma.example",
                                   .to = "anna@example.org",
                                   .subject = "Your turn",
                                   .text = "Hello\n",
                                   .message_id = "showcase-12",
                                   .domain = "firma.example",
                                   .language = "en",
                                   .at = 1799049600 };

static void expect(struct mail mail, const char *bytes)
{
    size_t length;
    const char *why;
    char *built = message_build(&mail, &length, &why);
    assert_non_null(built);
    assert_null(why);
    assert_string_equal(built, bytes);
    assert_int_equal(length, strlen(bytes));
    free(built);
}

/* Expects one header or body line to be there, whole. */
static void expect_part(struct mail mail, const char *part)
{
    size_t length;
    const char *why;
    char *built = message_build(&mail, &length, &why);
    assert_non_null(built);
    if (!strstr(built, part))
        fail_msg("no \"%s\" in \"%s\"", part, built);
    free(built);
}

static void expect_refusal(struct mail mail)
{
    size_t length = 77;
    const char *why = NULL;
    assert_null(message_build(&mail, &length, &why));
    assert_non_null(why);
}

static void a_plain_mail(void **state)
{
    (void)state;
    expect(plain, "Date: Mon, 4 Jan 2027 08:00:00 +0000\r\n"
                  "From: Laug <laug@firma.example>\r\n"
                  "To: <anna@example.org>\r\n"
                  "Subject: Your turn\r\n"
                  "Message-ID: <showcase-12@firma.example>\r\n"
                  "Auto-Submitted: auto-generated\r\n"
                  "MIME-Version: 1.0\r\n"
                  "Content-Type: text/plain; charset=utf-8\r\n"
                  "Content-Transfer-Encoding: quoted-printable\r\n"
                  "Content-Language: en\r\n"
                  "\r\n"
                  "Hello\r\n");
}

static void with_subject(const char *subject, const char *line)
{
    struct mail mail = plain;
    mail.subject = subject;
    expect_part(mail, line);
}

static void subjects(void **state)
{
    (void)state;
    with_subject("", "\r\nSubject:\r\nMessage-ID:");
    with_subject("Din tur: æ", "\r\nSubject: =?utf-8?q?Din_tur=3A_=C3=A6?=\r\nMessage-ID:");
    with_subject("🎉🎉🎉", "\r\nSubject: =?utf-8?b?8J+OifCfjonwn46J?=\r\nMessage-ID:");
    with_subject(" begins with a blank", "=?utf-8?q?_begins_with_a_blank?=");
    with_subject("looks like =?utf-8?q?a_word?=", "=?utf-8?q?looks_like_=3D=3Futf-8=3Fq=3Fa=5Fword=3F=3D?=");
    with_subject("a\tb\x1b[31m", "\r\nSubject: a b[31m\r\n");
    with_subject("evil\xE2\x80\xAElive", "\r\nSubject: evillive\r\n");
    with_subject("Planen for den kommende maaned er klar, og det er dit hold der viser frem.",
                 "\r\nSubject: =?utf-8?q?Planen_for_den_kommende_maaned_er_klar=2C_og_det_er_dit?=\r\n"
                 " =?utf-8?q?_hold_der_viser_frem=2E?=\r\n");
}

static void with_text(const char *text, const char *body)
{
    struct mail mail = plain;
    mail.text = text;
    expect_part(mail, body);
}

static void bodies(void **state)
{
    char line[80] = { 0 };
    (void)state;
    with_text("", "Content-Language: en\r\n\r\n");
    with_text("no end", "\r\n\r\nno end\r\n");
    with_text("a\r\nb\n\nc\n", "\r\n\r\na\r\nb\r\n\r\nc\r\n");
    with_text("blæ=\n", "\r\n\r\nbl=C3=A6=3D\r\n");
    with_text("blank \ntab\t\n", "\r\n\r\nblank=20\r\ntab=09\r\n");
    with_text(".\n..\n", "\r\n\r\n.\r\n..\r\n"); /* dots are doubled when they are sent */
    with_text("From me\n From me\n", "\r\n\r\n=46rom me\r\n From me\r\n");
    with_text("a\rb\n", "\r\n\r\na\r\nb\r\n");
    with_text("a\x1b[1m\xE2\x81\xA6", "\r\n\r\na[1m\r\n");
    memset(line, 'x', 76);
    with_text(line,
              "\r\n\r\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n");
    memset(line, 'x', 77);
    with_text(
        line,
        "\r\n\r\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=\r\nxx\r\n");
}

static void alternatives(void **state)
{
    struct mail mail = plain;
    (void)state;
    mail.html = "<p>Hej å</p>\n";
    mail.calendar = "BEGIN:VCALENDAR\r\nSUMMARY:x \r\n y=z\r\nEND:VCALENDAR\r\n";
    mail.method = "CANCEL";
    mail.text = "Hello\n--=_1b4f6ab0d9b7e2c8\n";
    expect_part(mail, "MIME-Version: 1.0\r\n"
                      "Content-Type: multipart/alternative; boundary=\"=_cd0fab60d8a9cfb0\"\r\n"
                      "Content-Language: en\r\n"
                      "\r\n"
                      "--=_cd0fab60d8a9cfb0\r\n"
                      "Content-Type: text/plain; charset=utf-8\r\n"
                      "Content-Transfer-Encoding: quoted-printable\r\n"
                      "\r\n"
                      "Hello\r\n"
                      "--=3D_1b4f6ab0d9b7e2c8\r\n"
                      "\r\n--=_cd0fab60d8a9cfb0\r\n"
                      "Content-Type: text/html; charset=utf-8\r\n"
                      "Content-Transfer-Encoding: quoted-printable\r\n"
                      "\r\n"
                      "<p>Hej =C3=A5</p>\r\n"
                      "\r\n--=_cd0fab60d8a9cfb0\r\n"
                      "Content-Type: text/calendar; charset=UTF-8; method=CANCEL\r\n"
                      "Content-Transfer-Encoding: quoted-printable\r\n"
                      "\r\n"
                      "BEGIN:VCALENDAR\r\n"
                      "SUMMARY:x=20\r\n"
                      " y=3Dz\r\n"
                      "END:VCALENDAR\r\n"
                      "\r\n--=_cd0fab60d8a9cfb0--\r\n");
    mail.html = "";
    mail.calendar = NULL;
    expect_part(mail, "\r\nContent-Type: text/plain; charset=utf-8\r\n");
}

static void senders(void **state)
{
    struct mail mail = plain;
    (void)state;
    mail.from_name = NULL;
    expect_part(mail, "\r\nFrom: <laug@firma.example>\r\n");
    mail.from_name = "Laug på værket";
    expect_part(mail, "\r\nFrom: =?utf-8?q?Laug_p=C3=A5_v=C3=A6rket?= <laug@firma.example>\r\n");
    mail.from_name = "Laug, Inc. <evil@example.org>";
    expect_part(
        mail, "\r\nFrom: =?utf-8?q?Laug=2C_Inc=2E_=3Cevil=40example=2Eorg=3E?=\r\n <laug@firma.example>\r\n");
}

static void recipients(void **state)
{
    struct mail mail = plain;
    (void)state;
    mail.to_name = "Anna Berg";
    expect_part(mail, "\r\nTo: Anna Berg <anna@example.org>\r\n");
    mail.to_name = "Åse \"Øl\" Skovgaard";
    expect_part(mail, "\r\nTo: =?utf-8?q?=C3=85se_=22=C3=98l=22_Skovgaard?= <anna@example.org>\r\n");
}

static void message_ids(void **state)
{
    struct mail mail = plain;
    (void)state;
    mail.message_id = "rule:turn/7:2027-03-01T09:00:-14d";
    expect_part(mail, "\r\nMessage-ID: <rule%3Aturn%2F7%3A2027-03-01T09%3A00%3A-14d@firma.example>\r\n");
    mail.message_id = ".a..b.%41@x";
    expect_part(mail, "\r\nMessage-ID: <%2Ea.%2Eb.%2541%40x@firma.example>\r\n");
    mail.message_id = "a>\r\nBcc: x";
    expect_part(mail, "\r\nMessage-ID: <a%3E%0D%0ABcc%3A%20x@firma.example>\r\n");
}

static void what_is_refused(void **state)
{
    static const char *const addresses[] = { "",
                                             "anna",
                                             "@example.org",
                                             "anna@",
                                             "anna@example.org\r\nBcc: x@example.org",
                                             "anna@example.org>",
                                             "<anna@example.org>",
                                             "anna@example.org, bob@example.org",
                                             "an na@example.org",
                                             "anna@exam ple.org",
                                             "anna@example..org",
                                             "anna@.example.org",
                                             "anna@example.org.",
                                             "anna@@example.org",
                                             "\"anna\"@example.org",
                                             "ånna@example.org",
                                             "anna@ex\xc3\xa6mple.org",
                                             "-oQ@example.org",
                                             "anna\t@example.org" };
    static const char *const broken[] = { "a\r\nBcc: x@example.org", "a\n b", "a\rb", "\n", "end\r\n" };
    struct mail mail = plain;
    char longer[300];
    (void)state;
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        mail.to = addresses[i];
        expect_refusal(mail);
    }
    memset(longer, 'a', sizeof longer);
    strcpy(longer + 250, "@b.c");
    mail.to = longer;
    expect_part(mail, longer);
    strcpy(longer + 251, "@b.c");
    longer[250] = 'a';
    expect_refusal(mail);
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        mail = plain;
        mail.subject = broken[i];
        expect_refusal(mail);
        mail = plain;
        mail.from_name = broken[i];
        expect_refusal(mail);
    }
    mail = plain;
    mail.to_name = "Anna\r\nBcc: x@example.org";
    expect_refusal(mail);
    mail = plain;
    mail.message_id = "";
    expect_refusal(mail);
    memset(longer, 'a', 201);
    longer[201] = 0;
    mail.message_id = longer;
    expect_refusal(mail);
    mail = plain;
    mail.domain = "firma.example>\r\nBcc: x";
    expect_refusal(mail);
    mail = plain;
    mail.language = "en\r\nBcc: x"; /* left out, and no harm done */
    expect_part(mail, "quoted-printable\r\n\r\nHello");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_mail), cmocka_unit_test(subjects),        cmocka_unit_test(bodies),
        cmocka_unit_test(recipients),   cmocka_unit_test(senders),         cmocka_unit_test(message_ids),
        cmocka_unit_test(alternatives), cmocka_unit_test(what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
