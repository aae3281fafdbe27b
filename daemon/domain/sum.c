/* SPDX-License-Identifier: MIT */
/* FNV-1a of 64 bits (Fowler, Noll, Vo). */
#include "sum.h"

#include <stdint.h>

/* A NUL between the parts keeps ("ab", "c") from being ("a", "bc"). */
static uint64_t add_part(uint64_t sum, const char *part)
{
    for (const char *c = part ? part : "";; c++) {
        sum = (sum ^ (unsigned char)*c) * 0x100000001B3U;
        if (!*c)
            return sum;
    }
}

const char *sum_of(struct arena *arena, const char *const *parts, size_t count)
{
    static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
    char text[SUM_LENGTH + 1] = { 0 };
    uint64_t sum = 0xCBF29CE484222325U;
    for (size_t i = 0; i < count; i++)
        sum = add_part(sum, parts[i]);
    sum ^= sum >> 32; /* FNV mixes its last bytes into the high bits alone */
    sum *= 0x9E3779B97F4A7C15U;
    sum ^= sum >> 29;
    for (int i = SUM_LENGTH - 1; i >= 0; i--, sum >>= 5)
        text[i] = digits[sum & 31];
    return arena_copy(arena, text, SUM_LENGTH);
}
