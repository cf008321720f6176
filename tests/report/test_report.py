"""The page about a run: what is in it, for all kinds of networks and data."""

import base64
import hashlib
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.report import page
from nnfunc.training.epochs.figures import Figures
from tests.report.javascript import data_of

Pair = tuple[nn.Dataset, nn.Dataset]

HISTORY = [Figures(i, 1 / i, 1 - 0.1 / i, 1.1 / i, 1 - 0.11 / i) for i in range(1, 6)]


@pytest.fixture(scope="module")
def params(subset: Pair) -> nn.Params:
    *_, last = nn.train(nn.init((784, 12, 10)), subset[0], learning_rate=0.1, batch=64, epochs=2)
    return last.params


@pytest.fixture(scope="module")
def whole(params: nn.Params, subset: Pair) -> str:
    return page(params, subset[1], title="first", history=HISTORY, settings={"seed": 7, "hidden": (12,)})


def test_it_needs_no_other_file(whole: str) -> None:
    assert re.findall(r'(?:src|href|url)\s*[=(]\s*"?([^">)]*)', whole) == ["data:,"]
    assert "http:" not in whole
    assert "https:" not in whole
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', whole)
    (script,) = re.findall(r"<script>(.*?)</script>", whole, re.DOTALL)
    allowed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{allowed}'" == policy


def test_what_is_said_is_what_was_measured(whole: str, params: nn.Params, subset: Pair) -> None:
    found = nn.evaluate(params, subset[1])
    for part in (
        f"<b>{100 * found.accuracy:.2f} %</b>test accuracy",
        f"<b>{found.cost:.4f}</b>cost J",
        "<b>784-12-10</b>nodes",
        f"<b>{params.size:,}</b>weights",
        "<td>seed</td><td>7</td>",
        "<td>hidden</td><td>12</td>",
        "<td>Z[1] = W[1] A[0] + b[1]</td><td>12×m = (12×784)(784×m) + 12×1</td>",
        f'data-cell="4,9" aria-pressed="false" aria-label="4, taken for 9: {found.confusion[4, 9]}"',
    ):
        assert part in whole, part


def test_each_cell_has_its_digits(whole: str, params: nn.Params, subset: Pair) -> None:
    _, test = subset
    data, predicted = data_of(whole), nn.predict(params, test.X)
    confusion = nn.evaluate(params, test).confusion
    limit = max(len(which) for which in data["cells"].values())
    assert len(data["shown"]) <= 1500
    assert sum(len(which) for which in data["cells"].values()) == len(data["shown"])
    for (i, j), count in np.ndenumerate(confusion):
        which = data["cells"].get(f"{i},{j}", [])
        assert len(which) == min(count, limit)
        for one in which:
            sample = data["shown"][one]["number"] - 1
            assert (test.y[sample], predicted[sample]) == (i, j)
            p = nn.probabilities(params, test.X[:, [sample]]).max()
            assert data["shown"][one]["p"] == pytest.approx(float(p), abs=1e-5)
    numbers = [data["shown"][i]["number"] - 1 for i in data["mistakes"]]
    assert numbers == nn.mistakes(params, test)[: len(numbers)].tolist()
    labels = [[data["shown"][i]["label"] for i in samples] for samples in data["samples"]]
    assert labels == [[str(i) for i in range(10)]] * 5


def test_text_is_shown_as_text(params: nn.Params, subset: Pair) -> None:
    bad = "<script>alert('x')</script><img src=x onerror=alert(1)> \" & \u2028"
    found = page(params, subset[1], title=bad, settings={bad: bad}, versions={bad: bad})
    assert "<img" not in found
    assert "<script>alert" not in found
    assert found.count("<script") == 2


def test_it_is_small_enough(subset: Pair) -> None:
    found = page(nn.init((784, 128, 10)), subset[1], history=HISTORY)
    assert len(found.encode()) < 1.5e6


def test_is_it_a_three(subset: Pair) -> None:
    _, test = subset
    data = nn.Dataset(test.X, nn.is_digit(test.y, 3))
    found = page(nn.init((784, 5, 1), output="sigmoid"), data, digit=3, history=HISTORY)
    numbers = data_of(found)
    assert numbers["outputs"] == {"names": ["3"], "kind": "classes", "digit": 3, "are_probabilities": True}
    assert {one["label"] for one in numbers["shown"]} == {"3", "not 3"}
    assert [len(samples) for samples in numbers["samples"]] == [10] * 5
    assert "precision of 3" in found
    assert '<th scope="col">not 3</th>' in found


def test_networks_and_data_of_all_kinds(subset: Pair) -> None:
    rng = np.random.default_rng(0)
    _, test = subset
    few = test.take(slice(0, 50))
    small = nn.Dataset(rng.random((64, 30)), rng.integers(0, 3, 30))
    table = nn.Dataset(rng.normal(0, 1, (5, 30)), rng.integers(0, 3, 30))
    several = nn.Dataset(few.X, (rng.random((4, 50)) < 0.5).astype(np.float32))
    values = nn.Dataset(rng.normal(0, 1, (784, 30)), rng.normal(0, 1, (1, 30)))
    cases: list[tuple[nn.Params, nn.Dataset, bool, int, bool]] = [
        (nn.init((784, 10)), few, True, 28, True),  # a perceptron
        (nn.init((784, 10, 10), output="relu"), few, True, 28, True),  # no probabilities
        (nn.init((784, 8, 4), output="sigmoid"), several, True, 28, False),
        (nn.init((64, 8, 3), dtype=np.float64), small, False, 8, True),
        (nn.init((5, 8, 3), dtype=np.float64), table, False, 0, False),
        (nn.init((784, 8, 1), output="identity", dtype=np.float64), values, False, 28, False),
        (nn.init((784, 47)), nn.Dataset(few.X, rng.integers(0, 47, 50).astype(np.uint8)), True, 28, True),
        (nn.init((784, 3), dtype=np.float64), nn.Dataset(values.X * 1e300, rng.integers(0, 3, 30)), False, 28, True),
        (nn.init((784, 3)), nn.Dataset((values.X * 1e-40).astype(np.float32), small.y), False, 28, True),
    ]
    for params, data, can_draw, side, has_digits in cases:
        found = page(params, data)
        numbers = data_of(found)
        assert numbers["can_draw"] == can_draw
        assert numbers["side"] == side
        assert ("shown" in numbers) == has_digits
        assert ('id="paper"' in found) == can_draw
        filled = set(re.findall(r'data-cell="(.*?)"', found))
        assert filled == set(numbers.get("cells", {}))


def test_a_function_of_ones_own_cannot_be_drawn_for(subset: Pair) -> None:
    square = nn.Activation("square", lambda Z: Z * Z, lambda Z: 2 * Z)
    found = page(nn.init((784, 5, 10), activation=square), subset[1].take(slice(0, 20)))
    assert "This page cannot compute square, a custom activation." in found


def test_what_is_missing_is_left_out(params: nn.Params, subset: Pair) -> None:
    found = page(params, subset[1])
    assert "How it learned" not in found
    assert "Settings and versions" not in found
    one = page(params, subset[1], history=[Figures(1, 0.5, None, 0.6, None)])
    assert one.count('<figure class="curve"') == 1


@pytest.mark.parametrize(
    "costs",
    [(5.0, 5.000000000000001), (0.0, 5e-324), (1e308, -1e308), (float("inf"), 1.0), (float("nan"), 1.0), (0.3,)],
)
def test_curves_of_odd_figures(costs: tuple[float, ...], params: nn.Params, subset: Pair) -> None:
    history = [Figures(10**i, cost, 1.0, None, None) for i, cost in enumerate(costs, start=8)]
    found = page(params, subset[1].take(slice(0, 50)), history=history)
    heights = [float(y) for y in re.findall(r'<circle class="training" cx="[\d.]+" cy="([\d.]+)"', found)]
    assert heights
    assert all(14 <= y <= 238 for y in heights)


def test_a_digit_belongs_to_one_output(params: nn.Params, subset: Pair) -> None:
    with pytest.raises(
        nn.SettingError, match=r"digit must be 0\.\.9, of a network with one output; got 3 and 10 outputs"
    ):
        page(params, subset[1], digit=3)


def test_a_network_that_overflows_is_refused(subset: Pair) -> None:
    params = nn.init((784, 5, 10))
    layers = tuple(nn.Layer(layer.W * np.float32(1e30), layer.b, layer.activation) for layer in params.layers)
    with pytest.raises(nn.SettingError, match="the cost of the network must be finite; got nan"):
        page(nn.Params(layers, params.cost), subset[1])


def test_epochs_of_training_are_a_history(subset: Pair) -> None:
    training, test = subset
    epochs = list(nn.train(nn.init((784, 5, 10)), training, learning_rate=0.1, batch=64, epochs=2, validation=test))
    found = data_of(page(epochs[-1].params, test, history=epochs))
    assert found["curves"][0]["epochs"] == [1, 2]
    assert found["curves"][1]["lines"][1] == {
        "name": "test",
        "values": [f"{100 * (epoch.validation_accuracy or 0):.4g} %" for epoch in epochs],
    }


# the command


def nnfunc(*arguments: str | Path) -> int:
    pytest.importorskip("tyro")
    from nnfunc.cli.main import main

    return main([str(argument) for argument in arguments])


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_command_writes_the_page(here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    opened = list[str]()

    def open_in_browser(address: str) -> bool:
        opened.append(address)
        return True

    monkeypatch.setattr("webbrowser.open", open_in_browser)
    assert nnfunc("train", "--epochs", "2", "--seed", "5", "--run", "a <b>") == 0
    capsys.readouterr()
    assert nnfunc("report", "a <b>", "--open") == 0
    text, errors = capsys.readouterr()
    assert text.startswith("wrote a <b>/report.html (0.")
    assert errors == ""
    assert opened == [(here / "a <b>" / "report.html").as_uri()]
    found = (here / "a <b>" / "report.html").read_text()
    assert "<h1>a &lt;b&gt;</h1>" in found
    assert "<td>seed</td><td>5</td>" in found
    assert "<td>learning rate</td><td>0.1</td>" in found
    assert "<td>training samples</td><td>10000</td>" in found
    assert f"<td>version of numpy</td><td>{np.__version__}</td>" in found
    assert data_of(found)["curves"][0]["epochs"] == [1, 2]
    assert nnfunc("report", "a <b>", "--out", "x.html") == 0
    assert (here / "x.html").read_text() == found


def test_a_run_that_is_not_done_has_a_page(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert nnfunc("train", "--epochs", "1", "--run", "a") == 0
    Path("a/model.npz").unlink()
    assert nnfunc("report", "a") == 0
    Path("a/checkpoint.npz").unlink()
    capsys.readouterr()
    assert nnfunc("report", "a") == 2
    assert "a: must hold a network; got a run without an epoch." in capsys.readouterr().err


def test_a_folder_whose_name_is_no_text(here: Path) -> None:
    folder = b"\xff".decode(errors="surrogateescape")
    assert nnfunc("train", "--epochs", "1", "--run", folder) == 0
    assert nnfunc("report", folder) == 0
    assert "<h1>\\udcff</h1>" in (Path(folder) / "report.html").read_text("utf-8")


def test_a_run_that_stopped_within_its_first_epoch(here: Path) -> None:
    assert nnfunc("train", "--epochs", "1", "--run", "a") == 0
    Path("a/history.csv").unlink()
    assert nnfunc("report", "a") == 0
    assert "How it learned" not in Path("a/report.html").read_text("utf-8")


def test_data_that_moved(here: Path, capsys: pytest.CaptureFixture[str], subset: Pair) -> None:
    _, test = subset
    np.savez("digits.npz", x_train=test.X.T, y_train=test.y, x_test=test.X.T[:100], y_test=test.y[:100])
    assert nnfunc("train", "--data", "digits.npz", "--epochs", "1", "--run", "a") == 0
    shutil.move("digits.npz", "moved.npz")
    capsys.readouterr()
    assert nnfunc("report", "a") == 2
    assert "digits.npz: data must exist; got nothing there." in capsys.readouterr().err
    assert nnfunc("report", "a", "--data", "moved.npz") == 0
    assert "<b>100</b>test samples" in Path("a/report.html").read_text()


@pytest.mark.parametrize("what", ["nothing", "folder", "file"])
def test_what_is_no_run_is_refused(what: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("folder").mkdir()
    Path("file").touch()
    assert nnfunc("report", what) == 2
    got = {"nothing": "nothing there", "folder": "another folder", "file": "a file"}[what]
    assert capsys.readouterr().err == (
        f"nnfunc: {what}: must be the folder of a run; got {got}. Make one with nnfunc train --run FOLDER?\n"
    )
