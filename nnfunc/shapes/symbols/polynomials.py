"""Polynomials in unknown whole numbers, as mappings: the unknowns of each term → its coefficient.

`m // 2` and `min(10, m)`, which are not polynomials, become further unknowns, with bounds.
"""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, TypeAlias, cast

if TYPE_CHECKING:
    from fractions import Fraction

LEAST = 2
"""The smallest number that a name stands for."""


@dataclass(frozen=True, order=True, slots=True)
class Unknown:
    """A name, or an expression that is not a polynomial: a whole number from `least`, and at most each of `most`.

    `names` are those that it depends on. Two unknowns are equal if their texts are.
    """

    text: str
    names: frozenset[str] = field(compare=False)
    least: int = field(default=LEAST, compare=False)
    most: "tuple[Polynomial, ...]" = field(default=(), compare=False)


Factor: TypeAlias = "Fraction | int"
Monomial: TypeAlias = tuple[Unknown, ...]
Terms: TypeAlias = "dict[Monomial, Factor]"
Polynomial: TypeAlias = "Mapping[Monomial, Factor]"


def total(terms: "Iterable[tuple[Monomial, Factor]]") -> Terms:
    """Add up the terms with the same unknowns, and drop those that vanish."""
    sums: Terms = {}
    for monomial, factor in terms:
        sums[monomial] = sums.get(monomial, 0) + factor
    return {monomial: factor for monomial, factor in sorted(sums.items()) if factor}


def product(p: Polynomial, q: Polynomial) -> Terms:
    """Return the product of two polynomials."""
    return total((tuple(sorted(a + b)), x * y) for a, x in p.items() for b, y in q.items())


def substituted(p: Polynomial, by: Mapping[Unknown, Polynomial]) -> Terms:
    """Return p with some of its unknowns replaced by polynomials."""
    return total(
        term
        for monomial, factor in p.items()
        for term in reduce(
            product, [by.get(unknown, {(unknown,): 1}) for unknown in monomial], cast("Terms", {(): factor})
        ).items()
    )


def least(p: Polynomial) -> "Factor | None":
    """Return a lower bound of p that follows from the bounds of its unknowns, None if none is found."""
    found: list[Factor] = []
    falling = [u for u in dict.fromkeys(u for term, factor in p.items() if factor < 0 for u in term) if u.most]
    for bounds in itertools.product(*[[None, *u.most] for u in falling]):
        above = {u: bound for u, bound in zip(falling, bounds, strict=True) if bound is not None}
        fallen = substituted({term: x for term, x in p.items() if x < 0}, above)
        lowered = total([*fallen.items(), *((term, x) for term, x in p.items() if x > 0)])
        # each unknown is its least value plus a nonnegative number
        shifted = substituted(lowered, {u: {(u,): 1, (): u.least} for term in lowered for u in term})
        if all(x > 0 for term, x in shifted.items() if term):
            found.append(shifted.get((), 0))
    return max(found, default=None)
