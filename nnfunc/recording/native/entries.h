// Elementwise operations and reductions along an axis, in one float type T. Included for float and for double.

typedef T VECTOR __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(T)), may_alias));
typedef T NAME(part) __attribute__((vector_size(16)));
#define PART NAME(part)
enum { NAME(L) = VECTOR_BYTES / sizeof(T) };
#define L NAME(L)
#define V VECTOR
#define LOAD(p) (*(const V *)(p))

// Strips of entries ---------------------------------------------------------------------------------------------------

// Returns n entries of a row as T, whatever their type and stride: in place if possible, otherwise in the buffer.
static const T *NAME(load)(const operand *x, I i, I j, I n, T *buffer) {
    const char *p = x->data + i * x->row + j * x->column;
    if (x->type == OWN && x->column == sizeof(T)) return (const T *)p;
#define READ(S)                                                                                                        \
    if (x->column == 0) {                                                                                              \
        T entry = (T) * (const S *)p;                                                                                  \
        for (I q = 0; q < n; q++) buffer[q] = entry;                                                                   \
    } else if (x->column == sizeof(S)) {                                                                               \
        for (I q = 0; q < n; q++) buffer[q] = (T)((const S *)p)[q];                                                    \
    } else                                                                                                             \
        for (I q = 0; q < n; q++) buffer[q] = (T) * (const S *)(p + q * x->column);
    if (x->type == BYTE) {
        READ(uint8_t)
    } else if (x->type == FLOAT32) {
        READ(float)
    } else {
        READ(double)
    }
#undef READ
    return buffer;
}

static void NAME(store)(const operand *x, I i, I j, I n, const T *strip) {
    char *p = x->data + i * x->row + j * x->column;
#define WRITE(S)                                                                                                       \
    for (I q = 0; q < n; q++) *(S *)(p + q * x->column) = (S)strip[q];
    if (x->type == BYTE) {
        WRITE(uint8_t)
    } else if (x->type == FLOAT32) {
        WRITE(float)
    } else {
        WRITE(double)
    }
#undef WRITE
}

// Elementwise ---------------------------------------------------------------------------------------------------------

// o may be the same as x or y: each entry is read before it is written.
static void NAME(strip)(I code, I n, T *o, const T *x, const T *y, const T *z) {
#define EACH(CODE, expression)                                                                                         \
    case CODE:                                                                                                         \
        _Pragma("GCC ivdep") for (I j = 0; j < n; j++) o[j] = expression;                                              \
        break;
    switch (code) {
        EACH(ADD, x[j] + y[j])
        EACH(SUBTRACT, x[j] - y[j])
        EACH(MULTIPLY, x[j] * y[j])
        EACH(DIVIDE, x[j] / y[j])
        EACH(MAXIMUM, x[j] >= y[j] || x[j] != x[j] ? x[j] : y[j])
        EACH(MINIMUM, x[j] <= y[j] || x[j] != x[j] ? x[j] : y[j])
        EACH(HEAVISIDE, x[j] != x[j] ? x[j] : x[j] > 0 ? 1 : x[j] < 0 ? 0 : y[j])
        EACH(LOGADDEXP, NAME(logaddexp)(x[j], y[j]))
        EACH(POWER, MATH(pow)(x[j], y[j]))
        EACH(GREATER, x[j] > y[j])
        EACH(GREATER_EQUAL, x[j] >= y[j])
        EACH(LESS, x[j] < y[j])
        EACH(LESS_EQUAL, x[j] <= y[j])
        EACH(EQUAL, x[j] == y[j])
        EACH(NOT_EQUAL, x[j] != y[j])
        EACH(COPY, x[j])
        EACH(NEGATIVE, -x[j])
        EACH(ABSOLUTE, MATH(fabs)(x[j]))
        EACH(SIGN, x[j] != x[j] ? x[j] : (x[j] > 0) - (x[j] < 0))
        EACH(SQUARE, x[j] * x[j])
        EACH(SQRT, MATH(sqrt)(x[j]))
        EACH(RECIPROCAL, 1 / x[j])
        EACH(EXP, NAME(exp)(x[j]))
        EACH(EXPM1, MATH(expm1)(x[j]))
        EACH(LOG, MATH(log)(x[j]))
        EACH(LOG1P, MATH(log1p)(x[j]))
        EACH(TANH, MATH(tanh)(x[j]))
        EACH(WHERE, x[j] != 0 ? y[j] : z[j])
    }
#undef EACH
}

// Runs operations on the same m×n entries strip by strip: the result of one is still in the cache for the next.
static void NAME(each)(const operation *p, I count) {
    T buffers[4][STRIP], repeated[REPEATED][STRIP], local[STRIPS][STRIP];
    const T *x[TOGETHER][3];
    int reads[TOGETHER][3], used = 0;
    for (I c = 0; c < count; c++) {
        const operand *from[3] = {&p[c].a, &p[c].b, &p[c].c};
        for (int s = 0; s < 3; s++) {
            int is_local = from[s]->type & LOCAL, is_there = !is_local && from[s]->data;
            reads[c][s] = is_there && (from[s]->row || from[s]->column);
            x[c][s] = is_local ? local[(intptr_t)from[s]->data] : buffers[s];
            if (is_there && !reads[c][s])
                x[c][s] = NAME(load)(from[s], 0, 0, p->n < STRIP ? p->n : STRIP, repeated[used++]);
        }
    }
    for (I i = 0; i < p->m; i++)
        for (I j = 0; j < p->n; j += STRIP) {
            I n = p->n - j < STRIP ? p->n - j : STRIP;
            for (I c = 0; c < count; c++) {
                const operand *from[3] = {&p[c].a, &p[c].b, &p[c].c}, *to = &p[c].out;
                int is_local = to->type & LOCAL, in_place = is_local || (to->type == OWN && to->column == sizeof(T));
                T *o = is_local ? local[(intptr_t)to->data] : in_place ? (T *)(to->data + i * to->row) + j : buffers[3];
                for (int s = 0; s < 3; s++)
                    if (reads[c][s]) x[c][s] = NAME(load)(from[s], i, j, n, buffers[s]);
                NAME(strip)(p[c].code, n, o, x[c][0], x[c][1], x[c][2]);
                if (!in_place) NAME(store)(to, i, j, n, o);
            }
        }
}

// Along an axis -------------------------------------------------------------------------------------------------------

ALWAYS T NAME(combined)(I code, T x, T y) {
    if (code == SUM) return x + y;
    if (code == MAX) return x >= y || x != x ? x : y;
    return x <= y || x != x ? x : y;
}

// Reduces n > 0 entries to one number. Sums are split into many lanes, so that each has few terms.
ALWAYS T NAME(fold)(I code, I n, const T *x) {
    enum { LANES = 4 * L };
    if (n < LANES) {
        T one = x[0];
        for (I j = 1; j < n; j++) one = NAME(combined)(code, one, x[j]);
        return one;
    }
    T lane[LANES];
    for (I q = 0; q < LANES; q++) lane[q] = x[q];
    I j = LANES;
    for (; j + LANES <= n; j += LANES)
        for (I q = 0; q < LANES; q++) lane[q] = NAME(combined)(code, lane[q], x[j + q]);
    for (; j < n; j++) lane[j % LANES] = NAME(combined)(code, lane[j % LANES], x[j]);
    for (I half = LANES / 2; half; half /= 2)
        for (I q = 0; q < half; q++) lane[q] = NAME(combined)(code, lane[q], lane[q + half]);
    return lane[0];
}

// Reduces each row to a number, or all rows to one number.
ALWAYS void NAME(fold_rows)(const I code, const operation *p) {
    T buffer[STRIP], one = 0;
    double sum = 0;
    for (I i = 0; i < p->m; i++) {
        int begins = i == 0 || p->out.row;
        if (begins) sum = 0;
        for (I j = 0; j < p->n; j += STRIP) {
            I n = p->n - j < STRIP ? p->n - j : STRIP;
            T part = NAME(fold)(code, n, NAME(load)(&p->a, i, j, n, buffer));
            sum += part;
            one = begins && j == 0 ? part : NAME(combined)(code, one, part);
        }
        if (code == SUM) one = (T)sum;
        NAME(store)(&p->out, i, 0, 1, &one);
    }
}

// Reduces each column to a number.
ALWAYS void NAME(fold_columns)(const I code, const operation *p) {
    T buffer[STRIP], kept[STRIP];
    for (I j = 0; j < p->n; j += STRIP) {
        I n = p->n - j < STRIP ? p->n - j : STRIP;
        for (I i = 0; i < p->m; i++) {
            const T *x = NAME(load)(&p->a, i, j, n, buffer);
            if (i == 0)
                for (I q = 0; q < n; q++) kept[q] = x[q];
            else
                for (I q = 0; q < n; q++) kept[q] = NAME(combined)(code, kept[q], x[q]);
        }
        NAME(store)(&p->out, 0, j, n, kept);
    }
}

ALWAYS void NAME(folded)(const I code, const operation *p) {
    if (p->out.column) NAME(fold_columns)(code, p);
    else NAME(fold_rows)(code, p);
}

// Finds the index of the first largest entry of each column, or of the first NaN.
static void NAME(argmax)(const operation *p) {
    T buffer[STRIP], largest[STRIP];
    I where[STRIP];
    for (I j = 0; j < p->n; j += STRIP) {
        I n = p->n - j < STRIP ? p->n - j : STRIP;
        for (I i = 0; i < p->m; i++) {
            const T *x = NAME(load)(&p->a, i, j, n, buffer);
            for (I q = 0; q < n; q++)
                if (i == 0 || x[q] > largest[q] || (x[q] != x[q] && largest[q] == largest[q])) {
                    largest[q] = x[q];
                    where[q] = i;
                }
        }
        for (I q = 0; q < n; q++) *(I *)(p->out.data + (j + q) * p->out.column) = where[q];
    }
}
