/* SPDX-License-Identifier: MIT */
/* The same random numbers on every machine and in every run (xorshift64*). */
#ifndef CHANCE_H
#define CHANCE_H

#include <stdint.h>

static uint64_t chance_state = 1;

/* Begins a sequence; `seed` is not 0. */
static inline void chance_start(uint64_t seed)
{
    chance_state = seed;
}

/* A number from 0 to below - 1. */
static inline int chance(int below)
{
    chance_state ^= chance_state >> 12;
    chance_state ^= chance_state << 25;
    chance_state ^= chance_state >> 27;
    return (int)(chance_state * UINT64_C(0x2545F4914F6CDD1D) >> 33) % below;
}

#endif
