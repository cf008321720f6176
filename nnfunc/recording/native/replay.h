// A table of operations on matrices: what replay.c runs and lowering.py writes.
#pragma once
#include <stdint.h>

typedef int64_t I;

enum type { NONE, BYTE, FLOAT32, FLOAT64, LOCAL = 8 }; // BYTE: bool or uint8
// LOCAL is added where only operations that are made together know a value: `data` is then the number of a strip.

// A matrix that lies in a value: `data` counts from the address of the value until a run begins, which adds it.
// Strides are in bytes; 0 repeats a row, a column or a number.
typedef struct {
    char *data;
    I row, column, type, value;
} operand;

// out = f(a, b, c), computed in a type of floats. m×n is the shape of the result, or of what is folded;
// a product sums over k: out = c + factor · scale · (a @ b). So many operations, from this one on, are made together.
enum { TOGETHER = 16, REPEATED = 16, STRIPS = 8 }; // made together at most: operations, numbers, local values

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
    // of two matrices
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
    // of one
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
    // of three
    WHERE,
    // along the axes where out repeats itself
    SUM,
    MAX,
    MIN,
    ARGMAX,
    OPERATIONS, // how many there are
};

extern const float exp_most, exp_least;

// Runs the operations of a table on values that lie at these addresses.
typedef void replay_t(const operation *table, I count, char *const *addresses, sgemm_t *sgemm, dgemm_t *dgemm);
replay_t replay_avx2, replay_avx512;
