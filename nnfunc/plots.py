"""Pictures, by matplotlib (extra `plot`). Each takes what it shows, and axes to draw on, and returns the axes."""

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nnfunc.array import Array
from nnfunc.columns import pixels_to_floats
from nnfunc.data.dataset import Dataset, side_of
from nnfunc.epochs import Figured
from nnfunc.errors import SettingError
from nnfunc.evaluation import mistakes as wrong_ones
from nnfunc.metrics import Evaluation
from nnfunc.network import forward
from nnfunc.params import Params
from nnfunc.prediction import answers
from nnfunc.rates import RateRange

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE, ORANGE = "#0072b2", "#d55e00"
COLOURS = (BLUE, ORANGE, "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
"""Colours that also colour-blind people tell apart (Okabe, Ito 2008)."""

MISTAKES, ACROSS = 20, 5
"""How many digits are shown, and how many of them in a row."""

NODES, SAMPLES = 256, 10_000
"""Of how many nodes weights are shown, and of how many samples activations, at most."""


def costs(epochs: Iterable[Figured], axes: "Axes | None" = None) -> "Axes":
    """The cost after each epoch, of training and of validation: of epochs of `nn.train`, or of `nn.read_history`.

    Raises:
        SettingError: there is no epoch with a cost; or matplotlib is not installed.
    """
    return _curves([(e.number, e.cost, e.validation_cost) for e in epochs], "cost J", 1, axes)


def accuracies(epochs: Iterable[Figured], axes: "Axes | None" = None) -> "Axes":
    """The accuracy after each epoch in %, of training and of validation, as `costs`.

    Raises:
        SettingError: there is no epoch with an accuracy; or matplotlib is not installed.
    """
    return _curves([(e.number, e.accuracy, e.validation_accuracy) for e in epochs], "accuracy, %", 100, axes)


def _curves(
    rows: Sequence[tuple[int, float | None, float | None]], label: str, unit: float, axes: "Axes | None"
) -> "Axes":
    drawn: Any = _axes(axes)
    styles = (("training", BLUE, "-"), ("validation", ORANGE, "--"))
    for column, (name, colour, style) in enumerate(styles, start=1):
        known = [(row[0], y * unit) for row in rows if (y := row[column]) is not None and not math.isnan(y)]
        if known:
            drawn.plot(*zip(*known, strict=True), style, color=colour, label=name, marker="o", markersize=3)
    if not drawn.lines:
        raise SettingError(f"plots: epochs must tell their {label.split(',')[0]}; got none. Is the history empty?")
    drawn.set_xlabel("epoch")
    drawn.set_ylabel(label)
    drawn.xaxis.get_major_locator().set_params(integer=True)
    drawn.grid(alpha=0.3)
    drawn.legend()
    return _finished(drawn)


def confusion(evaluation: Evaluation, axes: "Axes | None" = None, *, names: Sequence[str] | None = None) -> "Axes":
    """The confusion matrix: numbers of samples, coloured by the share of their row.

    Raises:
        SettingError: the evaluation has no classes; or matplotlib is not installed.
    """
    counts = evaluation.confusion
    if not counts.size:
        raise SettingError("plots: a confusion matrix must have classes; got an evaluation of values.")
    drawn: Any = _axes(axes, (7, 6))
    shares = 100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    from matplotlib.colors import PowerNorm

    shade = PowerNorm(0.4, 0, 100)  # a few mistakes in a hundred are to be seen
    image = drawn.imshow(shares, cmap="Blues", norm=shade)
    drawn.figure.colorbar(image, ax=drawn, label="share of the true class, %")
    for (i, j), count in np.ndenumerate(counts):
        if count:
            drawn.text(
                j, i, str(count), ha="center", va="center", color="white" if shade(shares[i, j]) > 0.6 else "black"
            )
    ticks = range(len(counts))
    drawn.set_xticks(ticks, names or map(str, ticks))
    drawn.set_yticks(ticks, names or map(str, ticks))
    drawn.set_xlabel("predicted class")
    drawn.set_ylabel("true class")
    return _finished(drawn)


def weights(params: Params, axes: "Axes | None" = None) -> "Axes":
    """The weights of each node of the first layer as an image: rows of W[1].

    Raises:
        SettingError: the input is no square image; or matplotlib is not installed.
    """
    W = params.layers[0].W[:NODES]
    side = side_of(W.shape[1])
    if not side:
        raise SettingError(f"plots: weights must be those of square images; got {W.shape[1]} for each node.")
    drawn: Any = _axes(axes, (7.5, 6.5))
    across = math.ceil(math.sqrt(len(W)))
    wall = np.full((-(-len(W) // across) * (side + 1) - 1, across * (side + 1) - 1), np.nan)
    for i, row in enumerate(W):
        top, left = (side + 1) * (i // across), (side + 1) * (i % across)
        wall[top : top + side, left : left + side] = row.reshape(side, side)
    from matplotlib.colors import LinearSegmentedColormap

    largest = float(abs(W).max()) or 1.0
    signed = LinearSegmentedColormap.from_list("signed", [ORANGE, "white", BLUE])
    image = drawn.imshow(wall, cmap=signed, vmin=-largest, vmax=largest, interpolation="nearest")
    drawn.figure.colorbar(image, ax=drawn, label="weight")
    drawn.set_facecolor("lightgray")
    drawn.set_xlabel(f"nodes 1 to {len(W)} of {params.sizes[1]}, row by row; {side}×{side} pixels each")
    return _without_ticks(drawn)


def mistakes(params: Params, data: Dataset, axes: "Axes | None" = None) -> "Axes":
    """The samples that are predicted wrong with the highest probability.

    Raises:
        SettingError: the samples are no square images or have no classes; or matplotlib is not installed.
    """
    side = side_of(data.X.shape[0])
    if not side:
        raise SettingError(f"plots: samples must be square images; got {data.X.shape[0]} features.")
    drawn: Any = _axes(axes, (7, 6.5))
    chosen = data.take(wrong_ones(params, data)[:MISTAKES]) if wrong_ones(params, data).size else None
    for i in range(0 if chosen is None else chosen.m):
        assert chosen is not None
        predicted, p = answers(params, chosen.X[:, i : i + 1])
        x, y = i % ACROSS, 1.3 * (i // ACROSS)
        drawn.imshow(chosen.X[:, i].reshape(side, side), cmap="gray", extent=(x, x + 0.9, y + 0.9, y))
        likely = "" if math.isnan(p[0]) else f", {100 * p[0]:.1f} %"
        drawn.text(x + 0.45, y - 0.07, f"{chosen.labels[i]} → {predicted[0]}{likely}", ha="center", fontsize=9)
    rows = 1 if chosen is None else -(-chosen.m // ACROSS)
    drawn.set_xlim(-0.1, ACROSS)
    drawn.set_ylim(1.3 * rows - 0.3, -0.35)
    drawn.set_xlabel("true → predicted class, probability" if chosen else "no mistakes")
    return _without_ticks(drawn)


def activations(params: Params, X: Array, axes: "Axes | None" = None) -> "Axes":
    """How often the entries of A[l] have which values, layer by layer, of the first samples.

    Raises:
        ShapeError: the samples do not enter the network.
        SettingError: matplotlib is not installed.
    """
    cache = forward(params, pixels_to_floats(X[:, :SAMPLES], params.dtype))
    drawn: Any = _axes(axes)
    for l, (layer, made) in enumerate(zip(params.layers, cache.layers, strict=True), start=1):
        name = f"A[{l}], {layer.activation}, {len(made.A)} node{'s' * (len(made.A) > 1)}"
        colour = COLOURS[(l - 1) % len(COLOURS)]
        drawn.hist(made.A.ravel(), bins=60, density=True, histtype="step", linewidth=1.6, color=colour, label=name)
    drawn.set_yscale("log")
    drawn.set_xlabel("activation")
    drawn.set_ylabel("share of the entries, per unit of activation")
    drawn.legend()
    return _finished(drawn)


def rate_range(found: RateRange, axes: "Axes | None" = None) -> "Axes":
    """The cost over the learning rate, and the rate that is suggested.

    Raises:
        SettingError: matplotlib is not installed.
    """
    drawn: Any = _axes(axes)
    drawn.semilogx(found.rates, found.costs, color=BLUE)
    label = f"a tenth of the lowest: α = {found.suggested:.2g}"
    drawn.axvline(found.suggested, color=ORANGE, linestyle="--", label=label)
    drawn.set_xlabel("learning rate α")
    drawn.set_ylabel("cost J, running mean")
    drawn.legend()
    return _finished(drawn)


def _axes(given: "Axes | None", size: tuple[float, float] = (7, 4.5)) -> Any:
    if given is not None:
        return given
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise SettingError("plots: matplotlib must be installed; got none. pip install 'nnfunc[plot]'") from error
    return Figure(figsize=size, layout="constrained").subplots()


def _without_ticks(drawn: Any) -> "Axes":
    drawn.set_xticks([])
    drawn.set_yticks([])
    return _finished(drawn)


def _finished(drawn: Any) -> "Axes":
    axes: Axes = drawn
    return axes
