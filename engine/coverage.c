/* What a run has met. Compilers call these functions from each block of code and each comparison, if the engine is built
 * with -fsanitize-coverage=trace-pc,trace-cmp. sanitized.sh does so, and benchmarks/engine_mutants.py keeps the documents
 * that meet something new. This file is no part of the extension. The lock of the interpreter guards its state. */
#include <stdint.h>
#include <string.h>

#define PLACES 65536 /* a power of two */
#define HERE ((uintptr_t)__builtin_return_address(0))

static uint8_t counts[PLACES]; /* since the last call of `coverage_news` */
static uint8_t met[PLACES];    /* ranges of counts, a bit each */
static uintptr_t last;

/* Addresses differ from run to run by where the library is loaded, so they count from its own data. */
static void
count(uintptr_t place)
{
    uint64_t mixed = (uint64_t)(place - (uintptr_t)counts) * UINT64_C(0x9E3779B97F4A7C15);
    uint8_t *number = &counts[mixed >> 48 & (PLACES - 1)];
    *number = (uint8_t)(*number + (*number < UINT8_MAX));
}

/* A step from one block to another. */
void
__sanitizer_cov_trace_pc(void)
{
    uintptr_t here = HERE;
    count(here + 2 * (here - last));
    last = here;
}

/* A comparison, by how many bits differ: an input that comes closer to equality is new. */
static void
compare(uintptr_t place, uint64_t difference)
{
    count(place + 0x10000 * (uintptr_t)(1 + __builtin_popcountll(difference)));
}

void
__sanitizer_cov_trace_cmp1(uint8_t one, uint8_t other)
{
    compare(HERE, one ^ other);
}

void
__sanitizer_cov_trace_cmp2(uint16_t one, uint16_t other)
{
    compare(HERE, one ^ other);
}

void
__sanitizer_cov_trace_cmp4(uint32_t one, uint32_t other)
{
    compare(HERE, one ^ other);
}

void
__sanitizer_cov_trace_cmp8(uint64_t one, uint64_t other)
{
    compare(HERE, one ^ other);
}

void
__sanitizer_cov_trace_const_cmp1(uint8_t one, uint8_t other)
{
    compare(HERE, one ^ other);
}

void
__sanitizer_cov_trace_const_cmp2(uint16_t one, uint16_t other)
{
    compare(HERE, one ^ other);
}

void
__sanitizer_cov_trace_const_cmp4(uint32_t one, uint32_t other)
{
    compare(HERE, one ^ other);
}

void
__sanitizer_cov_trace_const_cmp8(uint64_t one, uint64_t other)
{
    compare(HERE, one ^ other);
}

/* Of numbers with a point only the order counts: none, less, or more. */
void
__sanitizer_cov_trace_cmpf(float one, float other)
{
    compare(HERE, one < other ? 1 : one > other ? 3 : 0);
}

void
__sanitizer_cov_trace_cmpd(double one, double other)
{
    compare(HERE, one < other ? 1 : one > other ? 3 : 0);
}

/* Each case of a switch is a block, which counts. */
void
__sanitizer_cov_trace_switch(uint64_t value, void *cases)
{
    (void)value;
    (void)cases;
}

/* 1, 2, 3, 4-7, 8-15, 16-31, 32-127, more. */
static uint8_t
range_of(uint8_t number)
{
    static const uint8_t least[] = {2, 3, 4, 8, 16, 32, 128};
    unsigned range = 0;
    while (range < sizeof(least) && number >= least[range]) {
        range++;
    }
    return (uint8_t)(1U << range);
}

/* How many places were met for the first time, or more often than ever, since the last call. */
int coverage_news(void);

int
coverage_news(void)
{
    int news = 0;
    for (int block = 0; block < PLACES; block += 8) {
        uint64_t any;
        memcpy(&any, &counts[block], sizeof(any));
        for (int place = block; any != 0 && place < block + 8; place++) {
            uint8_t range = counts[place] ? range_of(counts[place]) : 0;
            news += (range & ~met[place]) != 0;
            met[place] |= range;
        }
    }
    memset(counts, 0, sizeof(counts));
    last = 0;
    return news;
}
