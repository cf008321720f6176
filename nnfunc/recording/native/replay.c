// Replays a table of NumPy calls on fixed buffers: products, elementwise operations, reductions along an axis.
#include "replay.h"
#include <math.h>
#include <string.h>

#ifdef VECTOR_MATH // glibc has these for vectors, to 4 units in the last place
#define SIMD __attribute__((simd("notinbranch")))
SIMD double exp(double x);
SIMD double expm1(double x);
SIMD double log(double x);
SIMD double log1p(double x);
SIMD double tanh(double x);
SIMD float expm1f(float x);
SIMD float logf(float x);
SIMD float log1pf(float x);
SIMD float tanhf(float x);
SIMD double pow(double x, double y);
SIMD float powf(float x, float y);
#endif

// Inlining turns numbers among the arguments of a function into constants.
#define ALWAYS static inline __attribute__((always_inline))
// Unrolled: only then do the entries of an array stay in registers.
#define UP_TO(n, i) _Pragma("GCC unroll 16") for (int i = 0; i < n; i++)

// From MANY multiplications on, BLAS is fastest, if there are enough rows. The other numbers are options of CBLAS.
enum { MANY = 100000, BY_ROWS = 101, AS_IT_IS = 111, TURNED = 112 };

enum { STRIP = 512 }; // entries that are processed at a time
enum { CHAIN = 256 }; // terms that are summed one after the other

// ROWS rows of a product, two vectors wide, fit into the registers.
#ifdef __AVX512F__
enum { ROWS = 10, VECTOR_BYTES = 64 };
#else
enum { ROWS = 5, VECTOR_BYTES = 32 };
#endif

// e^x to 2 units in the last place: 2^n e^r, where n is the integer nearest to x / ln 2 (Cody, Waite 1980).
static inline float exp_f(float x) {
    const float whole = 12582912;    // 1.5 · 2²³: adding it rounds a float to an integer
    x = exp_most < x ? exp_most : x; // variables: with literals, the compiler computes e^x for all x, and overflows
    x = exp_least > x ? exp_least : x;
    float n_bits = x * 1.44269504f + whole, n = n_bits - whole;
    float r = x - n * 0.693359375f + n * 2.12194440e-4f;
    float e = 1 + r +
              r * r *
                  (0.5f + r * (0.16666667f +
                               r * (0.041666580f + r * (0.0083334519f + r * (1.3981999e-3f + r * 1.9875691e-4f)))));
    uint32_t bits, magic;
    float copy = whole;
    memcpy(&bits, &n_bits, 4);
    memcpy(&magic, &copy, 4);
    uint32_t power = bits - magic, half = (uint32_t)((int32_t)power >> 1), rest = power - half; // 2^n may overflow
    uint32_t first_bits = (half + 127) << 23, second_bits = (rest + 127) << 23;
    float first, second;
    memcpy(&first, &first_bits, 4);
    memcpy(&second, &second_bits, 4);
    return e * first * second;
}
static inline double exp_d(double x) { return exp(x); }
static inline float logaddexp_f(float x, float y) {
    if (x == y) return x + 0.69314718f;
    float d = x - y;
    return d > 0 ? x + log1pf(expf(-d)) : d <= 0 ? y + log1pf(expf(d)) : d;
}
static inline double logaddexp_d(double x, double y) {
    if (x == y) return x + 0.69314718055994530942;
    double d = x - y;
    return d > 0 ? x + log1p(exp(-d)) : d <= 0 ? y + log1p(exp(d)) : d;
}

#define T float
#define OWN FLOAT32
#define VECTOR vector_f
#define NAME(x) x##_f
#define MATH(x) x##f
#define GEMM sgemm_t
#include "entries.h"
#include "products.h"
#undef T
#undef OWN
#undef VECTOR
#undef NAME
#undef MATH
#undef GEMM
#define T double
#define OWN FLOAT64
#define VECTOR vector_d
#define NAME(x) x##_d
#define MATH(x) x
#define GEMM dgemm_t
#include "entries.h"
#include "products.h"

static void place(operand *x, char *const *addresses) {
    if (!(x->type & LOCAL)) x->data = (char *)((uintptr_t)addresses[x->value] + (uintptr_t)x->data);
}

// Compiled once for each kind of processor, under the name that the macro REPLAY expands to.
void REPLAY(const operation *table, I count, char *const *addresses, sgemm_t *sgemm, dgemm_t *dgemm) {
    for (I i = 0; i < count; i += table[i].together) {
        operation p[TOGETHER];
        for (I c = 0; c < table[i].together; c++) {
            p[c] = table[i + c];
            place(&p[c].out, addresses);
            place(&p[c].a, addresses);
            place(&p[c].b, addresses);
            place(&p[c].c, addresses);
            place(&p[c].scale, addresses);
        }
        if (p->type == FLOAT32) run_f(p, sgemm);
        else run_d(p, dgemm);
    }
}
