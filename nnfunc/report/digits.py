"""The digits of the test set that a page carries: of each cell of the confusion matrix the same number at most."""

import math
import sys
import zlib
from typing import Any, NamedTuple

import numpy as np

from nnfunc.base.array import Array
from nnfunc.base.html import packed
from nnfunc.data.dataset import Dataset, are_pixels, side_of
from nnfunc.model.params import Params
from nnfunc.tiling.evaluation import mistakes
from nnfunc.tiling.prediction import answers
from nnfunc.tiling.task import task_of

MOST = 1500
"""Images in one page, some 160 bytes each; but at least one of each cell."""

MISTAKES = 24
"""How many of the most confident mistakes are shown."""

SAMPLES, PAGES = 10, 5
"""How many digits can be loaded with one click, and how often there are others."""


class Digits(NamedTuple):
    """What the page's own code needs of them; `cells`, `mistakes` and `samples` count in `shown`."""

    side: int
    images: str
    shown: list[dict[str, Any]]
    cells: dict[str, list[int]]
    mistakes: list[int]
    samples: list[list[int]]


def digits(params: Params, data: Dataset, names: list[str]) -> Digits | None:
    """The chosen digits; none where samples are no images, or have no classes."""
    side = side_of(data.X.shape[0])
    if not side or task_of("digits", params, data).kind != "classes":
        return None
    predicted, p = answers(params, data.X)
    labels = data.labels.astype(np.intp)
    found = _by_cell(labels, predicted, p, len(names))
    worst = mistakes(params, data)[:MISTAKES]
    chosen = np.unique(np.concatenate([worst, *found.values()]))
    place = {int(sample): i for i, sample in enumerate(chosen)}
    facts = zip(*(x[chosen].tolist() for x in (np.arange(data.m), labels, predicted, p)), strict=True)
    return Digits(
        side,
        packed(zlib.compress(_greys(data, chosen).tobytes(), 9)),
        [
            {
                "number": i + 1,
                "label": names[label],
                "predicted": names[said],
                "p": None if math.isnan(p_of) else round(p_of, 6),
            }
            for i, label, said, p_of in facts
        ],
        {f"{i},{j}": [place[int(sample)] for sample in samples] for (i, j), samples in found.items()},
        [place[int(sample)] for sample in worst],
        _samples(labels[chosen]),
    )


def _by_cell(labels: Array, predicted: Array, p: Array, classes: int) -> dict[tuple[int, int], Array]:
    """The samples of each cell that is not empty, the most confident mistakes first, but not all of a large one."""
    order = np.argsort(np.where(labels == predicted, 0, -p), kind="stable")
    cell = (labels * classes + predicted)[order]
    counts = np.bincount(cell)
    limit = max((n for n in range(1, MOST + 1) if np.minimum(counts, n).sum() <= MOST), default=1)
    return {divmod(int(i), classes): order[cell == i][:limit] for i in np.flatnonzero(counts)}


def _samples(labels: Array) -> list[list[int]]:
    """Some digits of each of the first classes, for each page others."""
    classes = [np.flatnonzero(labels == label) for label in np.unique(labels)][:SAMPLES]
    each = max(1, SAMPLES // len(classes))
    pages = [
        [int(i) for of_class in classes for i in of_class[page * each : (page + 1) * each]] for page in range(PAGES)
    ]
    return [page for page in pages if page]


def _greys(data: Dataset, chosen: Array) -> Array:
    """Some samples, row by row, as grey levels: pixels as they are, other numbers from the least to the largest."""
    X: Array = np.ascontiguousarray(data.X.T[chosen])
    if X.dtype == np.uint8:
        return X
    least, largest = (0.0, 1.0) if are_pixels(data.X) else (float(X.min()), float(X.max()))
    span = max(largest / 255 - least / 255, sys.float_info.min)  # of a grey level
    greys: Array = np.rint(np.clip(X.astype(float) / span - least / span, 0, 255)).astype(np.uint8)
    return greys
