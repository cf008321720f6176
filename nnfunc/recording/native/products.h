// Matrix products in one float type T, whose vectors have L entries. Included for float and for double.

// Where sums are written to: out + factor · sum if `adds`, else factor · sum.
typedef struct {
    T *o;
    I row, column;
    T factor;
    int adds;
} NAME(result);
#define RESULT NAME(result)

ALWAYS void NAME(put)(const RESULT *r, I i, I j, T sum) {
    T *o = r->o + i * r->row + j * r->column;
    *o = r->adds ? *o + r->factor * sum : r->factor * sum;
}

ALWAYS T NAME(total)(V v) {
    PART parts[VECTOR_BYTES / 16], sum = {0};
    memcpy(parts, &v, sizeof v);
    for (int i = 0; i < VECTOR_BYTES / 16; i++) sum += parts[i];
    return sizeof(T) == 8 ? sum[0] + sum[1]
                          : (sum[0] + sum[2 % (16 / sizeof(T))]) + (sum[1] + sum[3 % (16 / sizeof(T))]);
}

// R×C inner products of rows of a and columns of b, both contiguous.
ALWAYS void NAME(inner_block)(const int R, const int C, I k, const T *a, I a_row, const T *b, I b_column, RESULT r) {
    V sums[ROWS][2];
    UP_TO(R, i)
        UP_TO(C, j) sums[i][j] = (V){0};
    I q = 0;
    for (; q + L <= k; q += L) {
        V y[2];
        UP_TO(C, j) {
            y[j] = LOAD(b + j * b_column + q);
            __builtin_prefetch(b + (j + C) * b_column + q);
        }
        UP_TO(R, i) {
            V x = LOAD(a + i * a_row + q);
            UP_TO(C, j) sums[i][j] += x * y[j];
        }
    }
    UP_TO(R, i)
        UP_TO(C, j) {
            T sum = NAME(total)(sums[i][j]);
            for (I s = q; s < k; s++) sum += a[i * a_row + s] * b[j * b_column + s];
            NAME(put)(&r, i, j, sum);
        }
}

ALWAYS void NAME(inner_rows)(const int R, I n, I k, const T *a, I a_row, const T *b, I b_column, RESULT r) {
    I j = 0;
    for (; j + 2 <= n; j += 2, r.o += 2 * r.column) NAME(inner_block)(R, 2, k, a, a_row, b + j * b_column, b_column, r);
    if (j < n) NAME(inner_block)(R, 1, k, a, a_row, b + j * b_column, b_column, r);
}

// R rows of the result, C vectors wide: sums of columns of a times rows of b, which are contiguous.
ALWAYS void NAME(outer_block)(const int R, const int C, I k, const T *a, I a_row, I a_column, const T *b, I b_row,
                              RESULT r) {
    V sums[ROWS][2];
    UP_TO(R, i)
        UP_TO(C, j) sums[i][j] = (V){0};
    for (I s = 0; s < k; s++) {
        V y[2];
        UP_TO(C, j) y[j] = LOAD(b + s * b_row + j * L);
        UP_TO(R, i)
            UP_TO(C, j) sums[i][j] += a[i * a_row + s * a_column] * y[j];
    }
    UP_TO(R, i)
        UP_TO(C, j) {
            V *o = (V *)(r.o + i * r.row + j * L);
            *o = r.adds ? *o + r.factor * sums[i][j] : r.factor * sums[i][j];
        }
}

ALWAYS void NAME(outer_rows)(const int R, I n, I k, const T *a, I a_row, I a_column, const T *b, I b_row, RESULT r) {
    I j = 0;
    for (; j + 2 * L <= n; j += 2 * L, r.o += 2 * L) NAME(outer_block)(R, 2, k, a, a_row, a_column, b + j, b_row, r);
    for (; j + L <= n; j += L, r.o += L) NAME(outer_block)(R, 1, k, a, a_row, a_column, b + j, b_row, r);
    for (; j < n; j++, r.o++)
        UP_TO(R, i) {
            T sum = 0;
            for (I s = 0; s < k; s++) sum += a[i * a_row + s * a_column] * b[s * b_row + j];
            NAME(put)(&r, i, 0, sum);
        }
}

// Takes ROWS rows at a time, then 4 at a time, then one by one.
#define IN_BLOCKS(call)                                                                                                \
    {                                                                                                                  \
        I i = 0;                                                                                                       \
        for (; i + ROWS <= p->m; i += ROWS, a += ROWS * a_row, r.o += ROWS * r.row) call(ROWS);                        \
        for (; i + 4 <= p->m; i += 4, a += 4 * a_row, r.o += 4 * r.row) call(4);                                       \
        for (; i < p->m; i++, a += a_row, r.o += r.row) call(1);                                                       \
    }

// Returns the leading dimension of a matrix for BLAS, or 0 if BLAS cannot read it.
static I NAME(leading)(I row, I column, I rows, I columns) {
    if (column == 1) return row >= columns ? row : 0;
    return row == 1 && column >= rows ? column : 0;
}

static void NAME(product)(const operation *p, GEMM *gemm) {
    T factor = (T)p->factor;
    if (p->scale.data) {
        T buffer;
        factor *= *NAME(load)(&p->scale, 0, 0, 1, &buffer);
    }
    if (p->c.data && p->c.data != p->out.data) {
        operation copy = {.code = COPY, .m = p->m, .n = p->n, .out = p->out, .a = p->c};
        NAME(each)(&copy, 1);
    }
    const I size = sizeof(T);
    const T *a = (const T *)p->a.data, *b = (const T *)p->b.data;
    I a_row = p->a.row / size, a_column = p->a.column / size, b_row = p->b.row / size, b_column = p->b.column / size;
    RESULT r = {(T *)p->out.data, p->out.row / size, p->out.column / size, factor, p->c.data != 0};
    int is_inner = a_column == 1 && b_row == 1 && p->k >= L;
    I longest = is_inner ? CHAIN * L : CHAIN;
    I a_step = NAME(leading)(a_row, a_column, p->m, p->k), b_step = NAME(leading)(b_row, b_column, p->k, p->n);
    if (factor != 0 && p->m >= 32 && p->m * p->n * p->k > MANY && a_step && b_step && r.column == 1) {
        int a_turned = a_column != 1 ? TURNED : AS_IT_IS, b_turned = b_column != 1 ? TURNED : AS_IT_IS;
        gemm(BY_ROWS, a_turned, b_turned, p->m, p->n, p->k, factor, a, a_step, b, b_step, r.adds, r.o, r.row);
    } else if (p->k > longest) {
        for (I s = 0; s < p->k; s += longest) {
            operation part = *p;
            part.k = p->k - s < longest ? p->k - s : longest;
            part.a.data += s * p->a.column;
            part.b.data += s * p->b.row;
            part.c = s ? p->out : p->c;
            NAME(product)(&part, gemm);
        }
    } else if (is_inner) {
#define CALL(R) NAME(inner_rows)(R, p->n, p->k, a, a_row, b, b_column, r)
        IN_BLOCKS(CALL)
#undef CALL
    } else if (b_column == 1 && r.column == 1) {
#define CALL(R) NAME(outer_rows)(R, p->n, p->k, a, a_row, a_column, b, b_row, r)
        IN_BLOCKS(CALL)
#undef CALL
    } else
        for (I i = 0; i < p->m; i++)
            for (I j = 0; j < p->n; j++) {
                double sum = 0;
                for (I s = 0; s < p->k; s++) sum += (double)a[i * a_row + s * a_column] * b[s * b_row + j * b_column];
                NAME(put)(&r, i, j, (T)sum);
            }
}

static void NAME(run)(const operation *p, GEMM *gemm) {
    switch (p->code) {
    case PRODUCT:
        NAME(product)(p, gemm);
        break;
    case SUM:
        NAME(folded)(SUM, p);
        break;
    case MAX:
        NAME(folded)(MAX, p);
        break;
    case MIN:
        NAME(folded)(MIN, p);
        break;
    case ARGMAX:
        NAME(argmax)(p);
        break;
    default:
        NAME(each)(p, p->together);
    }
}

#undef L
#undef V
#undef LOAD
#undef RESULT
#undef IN_BLOCKS
#undef PART
