"""The digits of the test set that a page carries: of each cell of the confusion matrix the same number at most."""

import base64
import math
import zlib
from typing import Any, NamedTuple

import numpy as np

from nnfunc.array import Array
from nnfunc.data.dataset import Dataset, side_of
from nnfunc.data.targets import kind_of
from nnfunc.params import Params
from nnfunc.prediction import answers

MOST = 1500
"""Images in one page: some 160 bytes each."""

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
    if not side or kind_of(params, data) != "classes":
        return None
    predicted, p = answers(params, data.X)
    labels = data.labels
    found = _by_cell(labels, predicted, p, len(names))
    chosen = np.sort(np.concatenate(list(found.values())))
    place = {int(sample): i for i, sample in enumerate(chosen)}
    facts = zip(*(x[chosen].tolist() for x in (np.arange(data.m), labels, predicted, p)), strict=True)
    shown: list[dict[str, Any]] = [
        {"number": i + 1, "label": names[label], "predicted": names[said], "p": _known(p_of)}
        for i, label, said, p_of in facts
    ]
    wrong = chosen[labels[chosen] != predicted[chosen]]
    worst = wrong[np.argsort(-p[wrong], kind="stable")][:MISTAKES]
    return Digits(
        side,
        packed(_greys(data)[:, chosen]),
        shown,
        {f"{i},{j}": [place[int(sample)] for sample in samples] for (i, j), samples in found.items()},
        [place[int(sample)] for sample in worst],
        _samples(labels[chosen]),
    )


def _by_cell(labels: Array, predicted: Array, p: Array, classes: int) -> dict[tuple[int, int], Array]:
    """The samples of each cell that is not empty, the most confident mistakes first, but not all of a large one."""
    order = np.argsort(np.where(labels == predicted, 0, -p), kind="stable")
    cell = (labels * classes + predicted)[order]
    counts = np.bincount(cell.astype(np.intp))
    fits = [limit for limit in range(1, MOST + 1) if np.minimum(counts, limit).sum() <= MOST]
    limit = fits[-1] if fits else 1
    return {divmod(int(i), classes): order[cell == i][:limit] for i in np.flatnonzero(counts)}


def _samples(labels: Array) -> list[list[int]]:
    """Some digits of each class, for each page others."""
    classes = [np.flatnonzero(labels == label) for label in np.unique(labels)][:SAMPLES]
    each = max(1, SAMPLES // len(classes))
    pages = [
        [int(i) for of_class in classes for i in of_class[page * each : (page + 1) * each]] for page in range(PAGES)
    ]
    return [page for page in pages if page]


def _greys(data: Dataset) -> Array:
    """The samples as grey levels: pixels as they are, numbers from the least to the largest of all."""
    if data.X.dtype == np.uint8:
        return data.X
    least, largest = float(data.X.min()), float(data.X.max())
    if least >= 0 and largest <= 1:
        least, largest = 0.0, 1.0
    greys: Array = np.rint((data.X - least) * (255 / ((largest - least) or 1))).astype(np.uint8)
    return greys


def packed(X: Array) -> str:
    """Grey levels, image after image, deflated, in base64."""
    return base64.b64encode(zlib.compress(np.ascontiguousarray(X.T).tobytes(), 9)).decode()


def _known(p: float) -> float | None:
    return None if math.isnan(p) else round(p, 6)
