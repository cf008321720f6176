"""The test digits in a page: from each cell of the confusion matrix, the same number at most."""

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
"""The most images in one page, about 160 bytes each; but there is at least one from each cell."""

MISTAKES = 24
"""The number of most confident mistakes that are shown."""

SAMPLES, PAGES = 10, 5
"""The number of digits offered at a time, and the largest number of such sets."""


class Digits(NamedTuple):
    """The digits as the page's script needs them; `cells`, `mistakes` and `samples` are indices into `shown`."""

    side: int
    images: str
    shown: list[dict[str, Any]]
    cells: dict[str, list[int]]
    mistakes: list[int]
    samples: list[list[int]]


def digits(params: Params, data: Dataset, names: list[str]) -> Digits | None:
    """Choose the digits of a page; None if the samples are not images, or have no classes."""
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
    """Return the samples of each cell that is not empty, the most confident mistakes first, up to a common limit."""
    order = np.argsort(np.where(labels == predicted, 0, -p), kind="stable")
    cell = (labels * classes + predicted)[order]
    counts = np.bincount(cell)
    limit = max((n for n in range(1, MOST + 1) if np.minimum(counts, n).sum() <= MOST), default=1)
    return {divmod(int(i), classes): order[cell == i][:limit] for i in np.flatnonzero(counts)}


def _samples(labels: Array) -> list[list[int]]:
    """Return up to PAGES disjoint sets, each with some digits of each of the first classes."""
    classes = [np.flatnonzero(labels == label) for label in np.unique(labels)][:SAMPLES]
    each = max(1, SAMPLES // len(classes))
    pages = [
        [int(i) for of_class in classes for i in of_class[page * each : (page + 1) * each]] for page in range(PAGES)
    ]
    return [page for page in pages if page]


def _greys(data: Dataset, chosen: Array) -> Array:
    """Return samples as grey levels, one per row: pixels as they are, other numbers scaled to 0..255."""
    X: Array = np.ascontiguousarray(data.X.T[chosen])
    if X.dtype == np.uint8:
        return X
    least, largest = (0.0, 1.0) if are_pixels(data.X) else (float(X.min()), float(X.max()))
    span = max(largest / 255 - least / 255, sys.float_info.min)  # of one grey level
    greys: Array = np.rint(np.clip(X.astype(float) / span - least / span, 0, 255)).astype(np.uint8)
    return greys
