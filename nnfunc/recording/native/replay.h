// A table of operations on matrices, which lowering.py writes and replay.c runs.
#pragma once
#include <stdint.h>

typedef int64_t I;

enum type { NONE, BYTE, FLOAT32, FLOAT64, LOCAL = 8 }; // BYTE: bool or uint8
// LOCAL is added where only the operations of a group use a value: `data` is then the number of a strip.

// A matrix within a value: `data` is the offset from the address of the value, until a run adds that address.
// Strides are in bytes; 0 repeats a row, a column or a number.
typedef struct {
    char *data;
    I row, column, type, value;
} operand;

// out = f(a, b, c), computed in a float type. m×n is the shape of the result, or of the argument of a reduction;
// a product sums over k: out = c + factor · scale · (a @ b). `together` is the number of operations in the group that
// begins with this one.
enum { TOGETHER = 16, REPEATED = 16, STRIPS = 8 }; // the most in a group: operations, numbers, local values

typedef struct {
    I code, type, m, n, k, together;
    operand out, a, b, c, scale;
    double factor;
} operation;

typedef void sgemm_t(int order, int turn_a, int turn_b, I, I, I, float, const float *, I, const float *, I, float,
                     float *, I);
typedef void dgemm_t(int order, int turn_a, int turn_b, I, I, I, double, const double *, I, const double *, I, double,
                     double *, I);

enum code {
    PRODUCT,
    // of two arguments
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    MAXIMUM,
    MINIMUM,
    HEAVISIDE,
    LOGADDEXP,
    POWER,
    GREATER,
    GREATER_EQUAL,
    LESS,
    LESS_EQUAL,
    EQUAL,
    NOT_EQUAL,
    // of one argument
    COPY,
    NEGATIVE,
    ABSOLUTE,
    SIGN,
    SQUARE,
    SQRT,
    RECIPROCAL,
    EXP,
    EXPM1,
    LOG,
    LOG1P,
    TANH,
    // of three arguments
    WHERE,
    // reductions along the axes where the stride of out is 0
    SUM,
    MAX,
    MIN,
    ARGMAX,
    OPERATIONS, // the number of operations
};

extern const float exp_most, exp_least;

// Runs the operations of a table on values at these addresses.
typedef void replay_t(const operation *table, I count, char *const *addresses, sgemm_t *sgemm, dgemm_t *dgemm);
replay_t replay_avx2, replay_avx512;
