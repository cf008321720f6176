// Chooses the replay compiled for this processor.
#include "replay.h"
#include <immintrin.h>

enum { ERRORS = 0x1d }; // invalid, division by 0, overflow, underflow

const float exp_most = 89, exp_least = -104; // beyond these, e^x is ∞ or 0

int replay(const operation *table, I count, char *const *addresses, sgemm_t *sgemm, dgemm_t *dgemm);
const char *replay_processor(void);
int replay_layout(void);

static int has_avx512(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
}

const char *replay_processor(void) {
    if (has_avx512()) return "AVX-512";
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? "AVX2" : 0;
}

// Runs a table, and returns the floating-point errors that occurred, as bits of MXCSR.
int replay(const operation *table, I count, char *const *addresses, sgemm_t *sgemm, dgemm_t *dgemm) {
    _mm_setcsr(_mm_getcsr() & ~ERRORS);
    (has_avx512() ? replay_avx512 : replay_avx2)(table, count, addresses, sgemm, dgemm);
    return (int)(_mm_getcsr() & ERRORS);
}

// Returns a number that changes with the struct, the number of operations and the limits of a group.
int replay_layout(void) { return (int)sizeof(operation) * 1000000 + OPERATIONS * 10000 + TOGETHER * 100 + STRIPS; }
