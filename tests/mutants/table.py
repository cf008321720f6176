"""Which judge sees which bug, as the tables of the guide."""

import functools
from collections.abc import Iterable

from tests.mutants.bugs import BUGS, SLIPS, Mutant
from tests.mutants.judges import COLUMNS, Verdict, complaints, verdicts
from tests.mutants.variants import LITERAL, NAMED, Variant, mutated

Row = dict[str, Verdict]


@functools.cache
def judged(variant: Variant) -> dict[Mutant | None, Row]:
    """The verdicts on the right text (None) and on each bug and slip."""
    mutants = [None, *BUGS, *SLIPS]
    texts = [mutated(variant.text, mutant) for mutant in mutants]
    said = complaints(texts, variant.text)
    rows = [verdicts(text, variant, complaint) for text, complaint in zip(texts, said, strict=True)]
    return dict(zip(mutants, rows, strict=True))


def caught(rows: Iterable[Row], column: str) -> str:
    """How many are caught, and how many of them by a sentence of the judge's own."""
    seen = [row[column] for row in rows if row[column].said]
    own = sum(verdict.own for verdict in seen)
    return f"{len(seen)}" if own == len(seen) else f"{len(seen)} ({own})"


def tables() -> str:
    """Bug by bug for literal sizes, and the sums of both variants."""
    literal, named = judged(LITERAL), judged(NAMED)
    lines = [_line("bug", COLUMNS), _line("---", [":-:"] * len(COLUMNS))]
    lines += [_line(_name(mutant), [row[column].mark for column in COLUMNS]) for mutant, row in literal.items()]
    for variant, rows in ((LITERAL, literal), (NAMED, named)):
        for what, mutants in ((f"{len(BUGS)} bugs", BUGS), (f"{len(SLIPS)} slips of the notes", SLIPS)):
            sums = [caught([rows[mutant] for mutant in mutants], column) for column in COLUMNS]
            lines.append(_line(f"**{variant.name}: of {what}**", sums))
    return "\n".join(lines)


def _name(mutant: Mutant | None) -> str:
    return mutant.name if mutant else "(no bug)"


def _line(name: str, cells: Iterable[str]) -> str:
    return f"| {name} | {' | '.join(cells)} |"
