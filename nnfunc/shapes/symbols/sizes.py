"""Whole numbers with names: `m`, `m + 1`, `2 * m`, `m // 2`.

A name stands for every whole number from 2 on (a size of 1, along which arrays are broadcast, is written as 1). Two
sizes are equal if they are equal for all values of the names. One is less than the other if it is for all values; if
that depends on the values, the comparison is refused.
"""

import math
import operator
from collections import Counter
from typing import Any, TypeAlias, cast

import numpy as np

from nnfunc.shapes.symbols.polynomials import Polynomial, Terms, Unknown, least, product, total
from nnfunc.shapes.symbols.protocol import Symbol, asked_by_user, not_followed, refusal

AnySize: TypeAlias = "int | Size"


def as_size(terms: Polynomial) -> AnySize:
    """Return a polynomial as a size, or as an int if it has no unknowns."""
    terms = total(terms.items())
    return Size(terms) if any(terms) else int(terms.get((), 0))


def named(name: str) -> "Size":
    """Return the size that a name stands for."""
    return Size({(Unknown(name, frozenset({name})),): 1})


def terms_of(x: object) -> "Polynomial | None":
    """Return the polynomial of a size or of a whole number, None for anything else."""
    if type(x) is Size:
        return x.terms
    return {(): operator.index(cast("int", x))} if issubclass(type(x), int | np.integer) else None


def polynomial(x: object) -> Polynomial:
    """Return the polynomial of a size or of a whole number.

    Raises:
        ShapeError: x is neither.
    """
    if (terms := terms_of(x)) is None:
        raise refusal("use whole numbers", x)
    return terms


def never_negative(x: AnySize) -> bool:
    """Return whether x ≥ 0 can be shown for all values of its names."""
    below = 0 if all(factor > 0 for factor in polynomial(x).values()) else least(polynomial(x))
    return below is not None and below >= 0


def names_in(x: object) -> frozenset[str]:
    """Return the names that a size depends on."""
    return frozenset[str]().union(*(u.names for term in x.terms for u in term)) if type(x) is Size else frozenset()


def smaller(a: AnySize, b: AnySize) -> AnySize:
    """Return min(a, b) of sizes that are never negative."""
    if never_negative(b - a):
        return a
    if never_negative(a - b):
        return b
    first, second = sorted((a, b), key=lambda x: (type(x) is Size, str(x)))
    bounds = (polynomial(a), polynomial(b))
    below = min(max(0, math.floor(least(bound) or 0)) for bound in bounds)
    return as_size({(Unknown(f"min({first}, {second})", names_in(a) | names_in(b), below, bounds),): 1})


class Size(Symbol):
    """A whole number of which only a formula is known. It passes for an int."""

    __slots__ = ("terms",)
    _passes_for = int

    def __init__(self, terms: Polynomial) -> None:
        self.terms = dict(terms)

    def __str__(self) -> str:
        parts: list[str] = []
        for term, factor in sorted(self.terms.items(), key=lambda item: (item[1] < 0, not item[0], item[0])):
            letters = "*".join(unknown.text for unknown in term)
            number = "" if letters and abs(factor) == 1 else str(abs(factor))
            sign = "-" if factor < 0 else "+" if parts else ""
            parts.append(sign + "*".join(part for part in (number, letters) if part))
        return "".join(parts)

    __repr__ = __str__

    def __hash__(self) -> int:
        return hash(frozenset(self.terms.items()))

    def __eq__(self, other: object) -> bool:
        terms = terms_of(other)
        if self.terms == terms:
            return True
        if terms is not None and type(other) is not Size and asked_by_user():
            difference: Any = self - other
            if not never_negative(difference - 1) and not never_negative(-difference - 1):
                raise _undecided(self, "==", other)
        return False

    def __add__(self, other: Any) -> Any:
        terms = terms_of(other)
        return _with_number(other) if terms is None else as_size(total([*self.terms.items(), *terms.items()]))

    def __mul__(self, other: Any) -> Any:
        terms = terms_of(other)
        return _with_number(other) if terms is None else as_size(product(self.terms, terms))

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> AnySize:
        return as_size(product(self.terms, {(): -1}))

    def __pos__(self) -> "Size":
        return self

    def __sub__(self, other: Any) -> Any:
        return self + -other if terms_of(other) is not None else _with_number(other)

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __pow__(self, exponent: object) -> Any:
        return math.prod([self] * exponent) if type(exponent) is int and exponent >= 0 else _with_number(exponent)

    def __rpow__(self, base: object) -> Any:
        return _with_number(base)

    def __truediv__(self, other: Any) -> Any:
        return _with_number(other if terms_of(other) is None else 0.0)

    __rtruediv__ = __truediv__

    def __floordiv__(self, by: Any) -> AnySize:
        if type(by) is not Size and terms_of(by) is not None and by > 0:
            return _floor(self, operator.index(by))
        quotient = divided(self, by) if type(by) is Size else None
        if quotient is None:
            raise refusal("divide a size by a number, or without remainder for all sizes", f"{self} // {by}")
        return quotient

    def __rfloordiv__(self, other: object) -> AnySize:
        raise refusal("divide by a number, not by a size", f"{other} // {self}")

    def __mod__(self, by: Any) -> Any:
        return self - self // by * by

    __rmod__ = __rdivmod__ = __rfloordiv__

    def __divmod__(self, by: Any) -> Any:
        return self // by, self % by

    def __lt__(self, other: Any) -> bool:
        return _decided(self, "<", other, other - self - 1, self - other)

    def __le__(self, other: Any) -> bool:
        return _decided(self, "<=", other, other - self, self - other - 1)

    def __gt__(self, other: Any) -> bool:
        return _decided(self, ">", other, self - other - 1, other - self)

    def __ge__(self, other: Any) -> bool:
        return _decided(self, ">=", other, self - other, other - self - 1)

    def __bool__(self) -> bool:
        return self != 0 and _decided(self, "!=", 0, self - 1, -self)

    def __abs__(self) -> AnySize:
        return self if self >= 0 else -self

    def __float__(self) -> float:
        return math.nan

    def __format__(self, spec: str) -> str:
        return str(self)

    def __index__(self) -> int:
        raise not_followed(
            "not need the value of a size, which stands for every number",
            self,
            "Give that size as a number, call constructors as np.zeros, and make generators in the function?",
        )

    __int__ = __trunc__ = __round__ = __floor__ = __ceil__ = __index__


def _decided(a: object, sign: str, b: object, yes: AnySize, no: AnySize) -> bool:
    if never_negative(yes):
        return True
    if never_negative(no):
        return False
    raise _undecided(a, sign, b)


def _undecided(a: object, sign: str, b: object) -> Exception:
    return not_followed("be decided for every size", f"{a} {sign} {b}, true of some sizes only", "Give a literal size?")


def _floor(x: Size, by: int) -> AnySize:
    """Return x // by: each coefficient is divided, and the remainders, if they have names, become one more unknown."""
    from fractions import Fraction  # imported here: few proofs divide a size

    whole = as_size({term: factor // by for term, factor in x.terms.items()})
    rest = as_size({term: factor % by for term, factor in x.terms.items()})
    if type(rest) is not Size:
        return whole
    text = f"⌊{rest}/{by}⌋" if len(rest.terms) == 1 else f"⌊({rest})/{by}⌋"
    bound = {term: Fraction(factor, by) for term, factor in rest.terms.items()}
    return whole + as_size({(Unknown(text, names_in(rest), math.floor(least(bound) or 0), (bound,)),): 1})


def divided(x: AnySize, by: AnySize) -> "AnySize | None":
    """Return x / by if by divides x for all values of the names, None otherwise."""
    if x == by:
        return 1
    (divisor, number), *more = polynomial(by).items()
    if more or not number:
        return None
    quotient: Terms = {}
    for term, factor in total(polynomial(x).items()).items():
        left = Counter(term)
        left.subtract(divisor)
        if factor % number or any(times < 0 for times in left.values()):
            return None
        quotient[tuple(left.elements())] = factor // number
    return as_size(quotient)


class Number(Symbol, float):
    """A number computed from sizes, such as 1/m: a float of which nothing is known."""

    __slots__ = ()
    _passes_for = float

    def __repr__(self) -> str:
        return "a number computed from sizes"

    def _decide(self, *_: object) -> bool:
        raise not_followed("be decided for every size", repr(self), "Pass a Python number for it?")

    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = __bool__ = _decide
    __int__ = __trunc__ = __round__ = __floor__ = __ceil__ = _decide
    __hash__ = float.__hash__

    def __add__(self, other: Any) -> Any:
        return _with_number(other)

    __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __add__
    __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __add__  # type: ignore[assignment]

    def __neg__(self) -> "Number":
        return self

    __pos__ = __abs__ = __neg__


def _with_number(other: object) -> Any:
    """Return the result of an operation on an unknown number and another number: an unknown number."""
    return Number("nan") if issubclass(type(other), int | float | np.integer | Size | Number) else NotImplemented
