"""The HTML page: its sections, the data for its script, and the script."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from nnfunc.activations import OUTPUTS, SIGMOID, SOFTMAX
from nnfunc.base.array import Array
from nnfunc.base.errors import SettingError
from nnfunc.base.html import packed
from nnfunc.data.dataset import Dataset, are_pixels, side_of
from nnfunc.data.digits import SIDE
from nnfunc.model.equations import forward_equations
from nnfunc.model.params import Params
from nnfunc.report import sections
from nnfunc.report.curves import curves
from nnfunc.report.digits import digits
from nnfunc.tiling.evaluation import evaluated
from nnfunc.tiling.metrics import class_names
from nnfunc.tiling.task import task_of
from nnfunc.training.epochs.figures import Figured

ASSETS = Path(__file__).parent / "assets"

CODE = [
    "network",
    "digit",
    "ink",
    "unpack",
    "pictures",
    "reading",
    "layers",
    "answer",
    "drawing",
    "gallery",
    "curves",
    "main",
]
"""The files of the page's script, in their order."""


def page(
    params: Params,
    test: Dataset,
    *,
    title: str = "A trained network",
    digit: int | None = None,
    history: Iterable[Figured] = (),
    settings: Mapping[str, Any] | None = None,
    versions: Mapping[str, str] | None = None,
) -> str:
    """Return a self-contained HTML page about a network: it needs no other file and no connection.

    Args:
        params: trained network.
        test: held-out samples with labels.
        title: name of the page.
        digit: the digit that a network with one output recognises.
        history: figures of the epochs: from `nn.read_history`, or epochs of `nn.train`.
        settings: those that would repeat the training.
        versions: of the software that was used, by name.

    Raises:
        ShapeError: the samples do not fit the network's input.
        DataError: a label is outside its classes.
        SettingError: digit is not a digit, or the network has several outputs; or its cost is not finite.
    """
    if digit is not None and (digit not in range(10) or params.sizes[-1] != 1):
        raise SettingError(
            f"page: digit must be 0..9, of a network with one output; got {digit!r} and {params.sizes[-1]} outputs."
        )
    with np.errstate(all="ignore"):  # a cost that is not finite raises below
        task = task_of("evaluate", params, test)
        evaluation, kind = evaluated(params, task), task.kind
    if not np.isfinite(evaluation.cost):
        raise SettingError(f"page: the cost of the network must be finite; got {evaluation.cost}. Train it again?")
    names = ["no", "yes"] if kind == "labels" else class_names(len(evaluation.confusion), digit)
    chosen = digits(params, test, names)
    figures, told = curves(list(history))
    why_not = _why_not(params, test)
    side = side_of(test.X.shape[0])
    content = [
        f"<header><h1>{escape(title)}</h1>{sections.results(params, evaluation, test.m, kind, digit)}</header><main>",
        sections.draw(why_not, chosen is not None),
        sections.section("learned", "How it learned", f'<div class="curves">{figures}</div>') if figures else "",
        sections.confusion(evaluation, names, chosen) if names else "",
        sections.mistakes(chosen) if chosen else "",
        sections.weights(params, side) if side else "",
        sections.formulas(params),
        sections.settings(settings or {}, versions or {}) if settings or versions else "",
        "</main>",
    ]
    outputs = _outputs(params, kind, digit)
    data = {
        "layers": packed_layers(params) if side or why_not is None else [],
        "matrices": _matrices(params, outputs["names"]),
        "outputs": outputs,
        "can_draw": why_not is None,
        "side": side,
        **(chosen._asdict() if chosen else {}),
        "curves": told,
    }
    return _whole(title, "".join(content), data)


def _why_not(params: Params, test: Dataset) -> str | None:
    """Return why one cannot draw digits on this page, or None if one can."""
    own = [layer.activation for layer in params.layers if OUTPUTS.get(layer.activation.name) != layer.activation]
    if params.sizes[0] != SIDE**2:
        return f"This network takes {params.sizes[0]} numbers, not the {SIDE}×{SIDE} pixels of a drawing."
    if own:
        return f"This page cannot compute {own[0]}, a custom activation."
    if not are_pixels(test.X):
        return "This network takes other numbers than pixels, 0 to 1: a drawing would mean nothing to it."
    return None


def packed_layers(params: Params) -> list[dict[str, Any]]:
    """Return W (row by row) and b of each layer as float32 in base64, and the name of its activation."""
    return [
        {"W": _floats(layer.W), "b": _floats(layer.b), "activation": layer.activation.name} for layer in params.layers
    ]


def _floats(x: Array) -> str:
    with np.errstate(over="ignore"):  # float64 beyond the range of float32 becomes ∞
        return packed(x.astype("<f4").tobytes())


def _matrices(params: Params, names: Sequence[str]) -> list[dict[str, Any]]:
    """Return the equation of each of A[0], Z[1], A[1], …, its dimensions for one sample, and the names of its nodes."""
    rows = list(forward_equations(params))
    return [
        {
            "formula": row.formula,
            "dimensions": row.dimensions.replace("×m", "×1"),
            "n": int(row.dimensions.split("×")[0]),
            "names": names if i >= len(rows) - 2 else None,
        }
        for i, row in enumerate(rows)
    ]


def _outputs(params: Params, kind: str, digit: int | None) -> dict[str, Any]:
    n_out = params.sizes[-1]
    is_probability = params.output in (SOFTMAX, SIGMOID)
    return {
        "names": [str(i) for i in range(n_out)] if n_out > 1 else [str(1 if digit is None else digit)],
        "kind": kind,
        "digit": digit if is_probability else None,
        "are_probabilities": is_probability,
    }


def _whole(title: str, content: str, data: Mapping[str, Any]) -> str:
    code = "".join((ASSETS / f"{name}.js").read_text("utf-8") for name in CODE)
    style = (ASSETS / "page.css").read_text("utf-8")
    script = f'"use strict";\n(() => {{\n{code}}})();\n'
    allowed = packed(hashlib.sha256(script.encode()).digest())
    policy = f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{allowed}'"
    values = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    whole = (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<link rel="icon" href="data:,"><title>{escape(title)}</title>\n'
        f"<style>\n{style}</style></head>\n<body>{content}\n"
        f'<script type="application/json" id="data">{values}</script>\n<script>{script}</script></body></html>\n'
    )
    return whole.encode(errors="backslashreplace").decode()  # file names need not be valid Unicode
