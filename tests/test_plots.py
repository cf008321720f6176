"""Plots have what they show, labels and units; each draws on axes that are given, and returns them."""

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from nnfunc import plots
from nnfunc.training.epochs.figures import Figures

pytest.importorskip("matplotlib")

Pair = tuple[nn.Dataset, nn.Dataset]

HISTORY = [Figures(1, 0.5, 0.8, 0.6, 0.7), Figures(2, 0.4, 0.85, None, None), Figures(3, 0.3, 0.9, 0.5, 0.75)]


@pytest.fixture(scope="module")
def params(subset: Pair) -> nn.Params:
    *_, last = nn.train(nn.init((784, 12, 10)), subset[0], learning_rate=0.1, batch=64, epochs=1)
    return last.params


def lines(axes: Any) -> dict[str, tuple[list[float], list[float]]]:
    return {line.get_label(): (list(line.get_xdata()), list(line.get_ydata())) for line in axes.lines}


def test_curves() -> None:
    axes = plots.costs(HISTORY)
    assert lines(axes) == {"training": ([1, 2, 3], [0.5, 0.4, 0.3]), "validation": ([1, 3], [0.6, 0.5])}
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", "cost J")
    axes = plots.accuracies(HISTORY)
    assert lines(axes)["training"][1] == pytest.approx([80, 85, 90])
    assert axes.get_ylabel() == "accuracy, %"
    with pytest.raises(nn.SettingError, match="epochs must tell their accuracy; got none"):
        plots.accuracies([Figures(1, 0.5, None, None, None)])
    with pytest.raises(nn.SettingError, match="epochs must tell their cost; got none"):
        plots.costs([])


def test_epochs_are_drawn_as_a_history_is(subset: Pair, tmp_path: Path) -> None:
    training, test = subset
    epochs = nn.train(nn.init((784, 5, 10)), training, learning_rate=0.1, batch=64, epochs=2, validation=test)
    kept = list(nn.History(epochs, tmp_path / "history.csv"))
    assert lines(plots.costs(kept)) == lines(plots.costs(nn.read_history(tmp_path / "history.csv")))


def test_the_confusion_matrix(params: nn.Params, subset: Pair) -> None:
    evaluation = nn.evaluate(params, subset[1])
    axes: Any = plots.confusion(evaluation)
    texts = {
        (round(text.get_position()[1]), round(text.get_position()[0])): int(text.get_text()) for text in axes.texts
    }
    assert texts == {where: count for where, count in np.ndenumerate(evaluation.confusion) if count}
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted class", "true class")
    named: Any = plots.confusion(nn.Evaluation(0.1, np.array([[8, 1], [0, 5]])), names=["not 3", "3"])
    assert [label.get_text() for label in named.get_yticklabels()] == ["not 3", "3"]
    with pytest.raises(nn.SettingError, match="must have classes"):
        plots.confusion(nn.Evaluation(0.1, np.zeros((0, 0), np.intp)))


def test_weights_are_images(params: nn.Params) -> None:
    axes: Any = plots.weights(params)
    wall = axes.images[0].get_array()
    W = params.layers[0].W
    assert np.array_equal(wall[:28, :28], W[0].reshape(28, 28))
    assert np.array_equal(wall[29:57, 29:57], W[5].reshape(28, 28)), "four are in a row"
    assert axes.images[0].get_clim() == (-abs(W).max(), abs(W).max())
    with pytest.raises(nn.SettingError, match="square images; got 7"):
        plots.weights(nn.init((7, 2)))


def test_mistakes_are_those_of_the_highest_probability(params: nn.Params, subset: Pair) -> None:
    _, test = subset
    axes: Any = plots.mistakes(params, test)
    worst = nn.mistakes(params, test)[:20]
    assert len(axes.images) == 20
    for image, text, i in zip(axes.images, axes.texts, worst, strict=True):
        assert np.array_equal(image.get_array(), test.X[:, i].reshape(28, 28))
        A = nn.probabilities(params, test.X[:, [i]])
        assert text.get_text() == f"{test.y[i]} → {A.argmax()}, {100 * A.max():.1f} %"
    right = test.take(np.flatnonzero(nn.predict(params, test.X) == test.y))
    assert plots.mistakes(params, right).get_xlabel() == "no mistakes"


def test_activations_layer_by_layer(params: nn.Params, subset: Pair) -> None:
    axes: Any = plots.activations(params, subset[1].X)
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == ["A[1], relu, 12 nodes", "A[2], softmax, 10 nodes"]
    assert (axes.get_xlabel(), axes.get_yscale()) == ("activation", "log")
    with pytest.raises(nn.ShapeError):
        plots.activations(params, subset[1].X[:5])


def test_given_axes_are_drawn_on(params: nn.Params, subset: Pair) -> None:
    _, test = subset
    found = nn.RateRange(np.array([0.1, 0.2]), np.array([1.0, 0.9]))
    draws: list[Callable[[Any], Any]] = [
        partial(plots.costs, HISTORY),
        partial(plots.accuracies, HISTORY),
        partial(plots.confusion, nn.evaluate(params, test)),
        partial(plots.weights, params),
        partial(plots.mistakes, params, test),
        partial(plots.activations, params, test.X),
        partial(plots.rate_range, found),
    ]
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 8), layout="constrained")
    for draw, axes in zip(draws, figure.subplots(2, 4).ravel(), strict=False):
        assert draw(axes) is axes
        assert axes.get_xlabel()
    figure.draw_without_rendering()


def test_nothing_of_pyplot_is_touched() -> None:
    program = "import sys, nnfunc.plots as p, nnfunc as nn; p.weights(nn.init((784, 4, 2))); print('matplotlib.pyplot' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


@pytest.mark.parametrize("kind", ["cost", "accuracy", "confusion", "weights", "mistakes", "activations", "rates"])
def test_the_command_draws_it(kind: str, run_folder: Path, tmp_path: Path) -> None:
    from nnfunc.cli.main import main

    image: Any = pytest.importorskip("PIL.Image")
    assert main(["plot", str(run_folder), kind, "--out", str(tmp_path / "x.png")]) == 0
    pixels = np.asarray(image.open(tmp_path / "x.png").convert("L"))
    assert min(pixels.shape) > 400
    assert pixels.std() > 5, "something is drawn"


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("tyro")
    from nnfunc.cli.main import main

    folder = tmp_path_factory.mktemp("runs") / "a"
    assert main(["train", "--epochs", "2", "--digit", "3", "--run", str(folder)]) == 0
    return folder


def test_another_kind_of_file_is_refused(run_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from nnfunc.cli.main import main

    assert main(["plot", str(run_folder), "cost", "--out", "x.gif"]) == 2
    assert "x.gif: must be a picture, .png, .svg, .pdf; got another name." in capsys.readouterr().err
