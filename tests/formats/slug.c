/* SPDX-License-Identifier: MIT */
#include "slug.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect(const char *text, const char *slug)
{
    char made[SLUG_SIZE] = "untouched";
    bool is_made = slug_make(text, made);
    if (!slug && is_made)
        fail_msg("\"%s\" became \"%s\" where it should be refused", text, made);
    assert_string_equal(made, slug ? slug : "untouched");
    /* an id is its own id */
    if (slug) {
        char again[SLUG_SIZE] = "";
        assert_true(slug_make(slug, again));
        assert_string_equal(again, slug);
    }
}

static void test_ids_stay(void **state)
{
    (void)state;
    expect("12", "12");
    expect("anna", "anna");
    expect("jens-ole", "jens-ole");
    expect("ken.sanchez", "ken.sanchez");
    expect("qa_1", "qa_1");
}

static void test_words_and_punctuation(void **state)
{
    (void)state;
    expect("Tool Design", "tool-design");
    expect("  Shipping &  Receiving  ", "shipping-receiving");
    expect("adventure-works\\ken0", "adventure-works-ken0");
    expect("Research and Development (R&D)", "research-and-development-r-d");
    expect("Ken. Sanchez", "ken-sanchez");
    expect(".hidden_", "hidden");
    expect("O'Brien", "obrien");
    expect("a – b", "a-b");
}

static void test_letters_with_marks(void **state)
{
    (void)state;
    expect("François0", "francois0");
    expect("josé1", "jose1");
    expect("Åse Sørensen Kjær", "aase-soerensen-kjaer");
    expect("Jürgen Groß", "juergen-gross");
    expect("Małgorzata Wójcik", "malgorzata-wojcik");
    expect("Zeynep Yıldız", "zeynep-yildiz");
    expect("İpek Çelik Şahin Ağaoğlu", "ipek-celik-sahin-agaoglu");
    expect("Řehoř Dvořák", "rehor-dvorak");
    expect("Ștefan Țurcanu", "stefan-turcanu");
    expect("Þór Ægisson", "thor-aegisson");
}

/* As files from a Mac have them: the letter, then its mark. */
static void test_marks_of_their_own(void **state)
{
    (void)state;
    expect("Jose\xCC\x81", "jose");
    expect("A\xCC\x8Ase", "aase");
    expect("Ju\xCC\x88rgen", "juergen");
    expect("\xCC\x8A", NULL);
}

static void test_nothing_to_make_an_id_of(void **state)
{
    (void)state;
    expect("", NULL);
    expect(" - ", NULL);
    expect("Иван", NULL);
    expect("李 Anna", NULL);
    expect("×", NULL);
}

static void test_length(void **state)
{
    (void)state;
    char text[67];
    memset(text, 'a', 66);
    text[64] = 0;
    expect(text, text);
    text[64] = 'a';
    text[65] = 0;
    expect(text, NULL);
    /* a gap just before the end has no letter to come */
    memset(text, 'a', 64);
    strcpy(text + 63, "- b");
    expect(text, NULL);
    strcpy(text + 62, "-b");
    expect(text, text);
    strcpy(text + 63, "ø");
    expect(text, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids_stay),
        cmocka_unit_test(test_words_and_punctuation),
        cmocka_unit_test(test_letters_with_marks),
        cmocka_unit_test(test_marks_of_their_own),
        cmocka_unit_test(test_nothing_to_make_an_id_of),
        cmocka_unit_test(test_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
