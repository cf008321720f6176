"""Plots by matplotlib (extra `plot`). Each function takes data and optionally axes to draw on, and returns the axes."""

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from jaxtyping import Real

from nnfunc.base.array import Array
from nnfunc.base.errors import SettingError
from nnfunc.data.dataset import Dataset, side_of
from nnfunc.data.encoding import pixels_to_floats
from nnfunc.model import checks
from nnfunc.model.params import Params
from nnfunc.network import forward
from nnfunc.tiling.evaluation import mistakes as wrong_ones
from nnfunc.tiling.metrics import Evaluation
from nnfunc.tiling.prediction import answers
from nnfunc.training.epochs.figures import Figured, known
from nnfunc.training.rate_range import RateRange

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["accuracies", "activations", "confusion", "costs", "mistakes", "rate_range", "weights"]

BLUE, ORANGE = "#0072b2", "#d55e00"
COLOURS = (BLUE, ORANGE, "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
"""Colours that colour-blind people can tell apart, too (Okabe, Ito 2008)."""

MISTAKES, ACROSS = 20, 5
"""The most digits shown, and the number of them in a row."""

MANY = 12
"""The most layers in one column of a legend."""

NODES, SAMPLES = 256, 10_000
"""The most nodes whose weights are plotted, and the most samples whose activations are plotted."""


def costs(epochs: Iterable[Figured], axes: "Axes | None" = None) -> "Axes":
    """Plot the training and validation cost after each epoch, from epochs of `nn.train` or `nn.read_history`.

    Raises:
        SettingError: no epoch has a cost; or matplotlib is not installed.
    """
    return _curves(list(epochs), "cost", "cost J", 1, axes)


def accuracies(epochs: Iterable[Figured], axes: "Axes | None" = None) -> "Axes":
    """Plot the training and validation accuracy after each epoch in %, from the same epochs as `costs`.

    Raises:
        SettingError: no epoch has an accuracy; or matplotlib is not installed.
    """
    return _curves(list(epochs), "accuracy", "accuracy, %", 100, axes)


def _curves(epochs: list[Figured], figure: str, label: str, factor: float, axes: "Axes | None") -> "Axes":
    lines = {"training": known(epochs, figure), "validation": known(epochs, f"validation_{figure}")}
    if not any(lines.values()):
        raise SettingError(f"plots: epochs must tell their {figure}; got none. Is the history empty?")
    drawn: Any = _axes(axes)
    for (name, points), colour, style in zip(lines.items(), (BLUE, ORANGE), ("-", "--"), strict=True):
        if points:
            values = [factor * y for y in points.values()]
            drawn.plot(list(points), values, style, color=colour, label=name, marker="o", markersize=3)
    drawn.set(xlabel="epoch", ylabel=label)
    drawn.xaxis.get_major_locator().set_params(integer=True)
    drawn.grid(alpha=0.3)
    drawn.legend()
    return cast("Axes", drawn)


def confusion(evaluation: Evaluation, axes: "Axes | None" = None, *, names: Sequence[str] | None = None) -> "Axes":
    """Plot the confusion matrix: numbers of samples, colored by their share of the row.

    Raises:
        SettingError: the evaluation has no classes; or matplotlib is not installed.
    """
    counts = evaluation.confusion
    if not counts.size:
        raise SettingError("plots: a confusion matrix must have classes; got an evaluation of values.")
    drawn: Any = _axes(axes, (7, 6))
    shares = 100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    from matplotlib.colors import PowerNorm

    shade = PowerNorm(0.4, 0, 100)  # makes a few mistakes in a hundred visible
    drawn.figure.colorbar(drawn.imshow(shares, cmap="Blues", norm=shade), ax=drawn, label="share of the true class, %")
    for (i, j), count in np.ndenumerate(counts):
        if count:
            drawn.text(
                j, i, str(count), ha="center", va="center", color="white" if shade(shares[i, j]) > 0.6 else "black"
            )
    ticks = range(len(counts))
    texts = names or [str(tick) for tick in ticks]
    drawn.set(
        xticks=ticks, xticklabels=texts, xlabel="predicted class", yticks=ticks, yticklabels=texts, ylabel="true class"
    )
    return cast("Axes", drawn)


def weights(params: Params, axes: "Axes | None" = None) -> "Axes":
    """Plot the weights of each node of the first layer, a row of W[1], as an image.

    Raises:
        SettingError: the input is not a square image; or matplotlib is not installed.
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
    text = f"nodes 1 to {len(W)} of {params.sizes[1]}, row by row; {side}×{side} pixels each"
    drawn.set(facecolor="lightgray", xlabel=text, xticks=[], yticks=[])
    return cast("Axes", drawn)


def mistakes(params: Params, data: Dataset, axes: "Axes | None" = None) -> "Axes":
    """Plot the samples that are misclassified with the highest probability.

    Raises:
        SettingError: the samples are not square images, or have no classes; or matplotlib is not installed.
    """
    worst = wrong_ones(params, data)[:MISTAKES]
    side = side_of(data.X.shape[0])
    if not side:
        raise SettingError(f"plots: samples must be square images; got {data.X.shape[0]} features.")
    drawn: Any = _axes(axes, (7, 6.5))
    facts = zip(data.X[:, worst].T, data.labels[worst], *answers(params, data.X[:, worst]), strict=True)
    for i, (image, label, predicted, p) in enumerate(facts):
        x, y = i % ACROSS, 1.3 * (i // ACROSS)
        drawn.imshow(image.reshape(side, side), cmap="gray", extent=(x, x + 0.9, y + 0.9, y))
        likely = "" if np.isnan(p) else f", {100 * p:.1f} %"
        drawn.text(x + 0.45, y - 0.07, f"{label} → {predicted}{likely}", ha="center", fontsize=9)
    drawn.set(xlim=(-0.1, ACROSS), ylim=(1.3 * max(1, -(-len(worst) // ACROSS)) - 0.3, -0.35), xticks=[], yticks=[])
    drawn.set_xlabel("true → predicted class, probability" if worst.size else "no mistakes")
    return cast("Axes", drawn)


def activations(params: Params, X: Real[Array, "n_in m"], axes: "Axes | None" = None) -> "Axes":
    """Plot the distribution of the entries of A[l] for each layer, over the first samples.

    Raises:
        ShapeError: the samples do not fit the network's input.
        SettingError: an activation is not finite; or matplotlib is not installed.
    """
    checks.pixels_or_input("activations", params, X)
    with np.errstate(all="ignore"):  # values that are not finite raise below
        cache = forward(params, pixels_to_floats(X[:, :SAMPLES], params.dtype))
    if not all(np.isfinite(made.A).all() for made in cache.layers):
        raise SettingError("plots: activations must be finite; got NaN or ∞. Train the network again?")
    drawn: Any = _axes(axes)
    for l, (layer, made) in enumerate(zip(params.layers, cache.layers, strict=True), start=1):
        name = f"A[{l}], {layer.activation}, {len(made.A)} node{'s' * (len(made.A) > 1)}"
        values = made.A.ravel().astype(float)
        half = max(float(np.ptp(values)) / 2, 1e-3 * max(1.0, float(abs(values).max())))
        middle = (float(values.max()) + float(values.min())) / 2
        shares = np.histogram(values, 60, (middle - half, middle + half), density=True)
        drawn.stairs(*shares, linewidth=1.6, color=COLOURS[(l - 1) % len(COLOURS)], label=name)
    drawn.set(yscale="log", xlabel="activation", ylabel="share of the entries, per unit of activation")
    drawn.legend(ncols=-(-len(params.layers) // MANY))
    return cast("Axes", drawn)


def rate_range(found: RateRange, axes: "Axes | None" = None) -> "Axes":
    """Plot the cost over the learning rate, and mark the suggested rate.

    Raises:
        SettingError: matplotlib is not installed.
    """
    drawn: Any = _axes(axes)
    drawn.semilogx(found.rates, found.costs, color=BLUE)
    drawn.axvline(
        found.suggested, color=ORANGE, linestyle="--", label=f"a tenth of the lowest: α = {found.suggested:.2g}"
    )
    drawn.set(xlabel="learning rate α", ylabel="cost J, running mean")
    drawn.legend()
    return cast("Axes", drawn)


def _axes(given: "Axes | None", size: tuple[float, float] = (7, 4.5)) -> Any:
    if given is not None:
        return given
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise SettingError("plots: matplotlib must be installed; got none. pip install 'nnfunc[plot]'") from error
    return Figure(figsize=size, layout="constrained").subplots()
