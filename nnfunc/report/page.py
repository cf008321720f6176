"""The page: its sections, the numbers that its own code needs, and that code."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from nnfunc.activations import OUTPUTS
from nnfunc.data.dataset import Dataset, side_of
from nnfunc.digits import SIDE
from nnfunc.epochs import Figured
from nnfunc.equations import forward_equations
from nnfunc.evaluation import evaluate
from nnfunc.params import Params
from nnfunc.registry import BUILT_IN
from nnfunc.report import sections
from nnfunc.report.curves import curves
from nnfunc.report.digits import digits

ASSETS = Path(__file__).parent / "assets"

CODE = (*("network", "digit", "ink", "unpack", "pictures", "layers", "answer", "drawing", "gallery", "curves", "main"),)
"""The files of the page's code, in their order."""


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
    """One HTML page about a network, which needs nothing else: no other file, no network.

    Args:
        params: trained network.
        test: samples with labels that it was not trained with.
        title: name of the page.
        digit: the digit that a network with one output looks for.
        history: figures of the epochs: of `nn.read_history`, or epochs of `nn.train`.
        settings: what would repeat the training.
        versions: of what it was made with.

    Raises:
        ShapeError: the samples do not enter the network.
        DataError: a label is outside its classes.
    """
    evaluation = evaluate(params, test)
    classes = len(evaluation.confusion)
    names = [f"not {digit}", str(digit)] if digit is not None and classes == 2 else [str(i) for i in range(classes)]
    chosen = digits(params, test, names)
    figures, told = curves(list(history))
    why_not = _why_not(params, test)
    side = side_of(test.X.shape[0])
    content = [
        f"<header><h1>{escape(title)}</h1>{sections.results(params, evaluation, digit)}</header><main>",
        sections.draw(why_not, chosen is not None),
        sections.section("learned", "How it learned", f'<div class="curves">{figures}</div>') if figures else "",
        sections.confusion(evaluation, names, chosen) if classes else "",
        sections.mistakes(chosen) if chosen else "",
        sections.weights(params, side) if side else "",
        sections.formulas(params),
        sections.settings(settings or {}, versions or {}) if settings or versions else "",
        "</main>",
    ]
    data = {
        "layers": packed_layers(params) if side or why_not is None else [],
        "matrices": _matrices(params),
        "outputs": _outputs(params, digit),
        "can_draw": why_not is None,
        "side": side,
        **(chosen._asdict() if chosen else {}),
        "curves": told,
    }
    return _whole(title, "".join(content), data)


def _why_not(params: Params, test: Dataset) -> str | None:
    """Why one cannot draw on this page, if one cannot."""
    own = [
        layer.activation
        for layer in params.layers
        if layer.activation not in OUTPUTS or layer.activation not in BUILT_IN
    ]
    if params.sizes[0] != SIDE**2:
        return f"This network takes {params.sizes[0]} numbers, not the {SIDE}×{SIDE} pixels of a drawing."
    if own:
        return f"This page cannot compute {own[0]}, an activation of your own."
    if test.X.dtype != np.uint8 and not (test.X.min() >= 0 and test.X.max() <= 1):
        return "This network takes other numbers than pixels, 0 to 1: a drawing would mean nothing to it."
    return None


def packed_layers(params: Params) -> list[dict[str, Any]]:
    """W and b of each layer as float32 in base64, rows of W after each other, and the name of its activation."""

    def text(x: Any) -> str:
        return base64.b64encode(x.astype("<f4").tobytes()).decode()

    return [{"W": text(layer.W), "b": text(layer.b), "activation": layer.activation} for layer in params.layers]


def _matrices(params: Params) -> list[dict[str, Any]]:
    """A[0], Z[1], A[1], …: the equation of each, and its dimensions for one sample."""
    return [
        {
            "formula": row.formula,
            "dimensions": row.dimensions.replace("×m", "×1"),
            "n": int(row.dimensions.split("×")[0]),
        }
        for row in forward_equations(params)
    ]


def _outputs(params: Params, digit: int | None) -> dict[str, Any]:
    names = [str(i) for i in range(params.sizes[-1])]
    of_one = digit if len(names) == 1 else None
    return {"names": names, "digit": of_one, "are_probabilities": params.output in ("softmax", "sigmoid")}


def _whole(title: str, content: str, data: Mapping[str, Any]) -> str:
    code = "".join((ASSETS / f"{name}.js").read_text() for name in CODE)
    script = f'"use strict";\n(() => {{\n{code}}})();\n'
    allowed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{allowed}'"
    values = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<link rel="icon" href="data:,"><title>{escape(title)}</title>\n'
        f"<style>\n{(ASSETS / 'page.css').read_text()}</style></head>\n<body>{content}\n"
        f'<script type="application/json" id="data">{values}</script>\n<script>{script}</script></body></html>\n'
    )
