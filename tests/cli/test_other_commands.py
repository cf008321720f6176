"""nnfunc evaluate, explain, predict and lr-range, and what every command does."""

import os
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

import nnfunc as nn
from tests.cli.commands import COMMAND, Capture, assert_refused, environment, json_lines, nnfunc, npy_folder
from tests.data.files import HEADER, csv, idx, images_file, png, without, write


def test_evaluate(model: Path, capsys: Capture) -> None:
    assert nnfunc("evaluate", model, "--json") == 0
    (quality,) = json_lines(capsys.readouterr().out)
    expected = nn.evaluate(nn.load(model), nn.load_mnist()[1])
    assert quality["test_accuracy"] == expected.accuracy
    assert quality["confusion"] == expected.confusion.tolist()


def test_explain_counts_the_parameters(model: Path, capsys: Capture) -> None:
    assert nnfunc("explain", model) == 0
    text = capsys.readouterr().out
    for part in ("784-10-10", "dW[1]", "10×784", "parameters: (7840 + 10) + (100 + 10) = 7960"):
        assert part in text


def test_explain_in_json(model: Path, capsys: Capture) -> None:
    assert nnfunc("explain", model, "--json") == 0
    (facts,) = json_lines(capsys.readouterr().out)
    assert (facts["sizes"], facts["parameters"]) == ([784, 10, 10], 7960)
    assert [row["step"] for row in facts["equations"]].count("update") == 4


def test_predict_a_png(model: Path, here: Path, subset: tuple[nn.Dataset, nn.Dataset], capsys: Capture) -> None:
    X = subset[1].X[:, :1]
    path = png(here / "[red]3[b].png", X.reshape(28, 28))
    assert nnfunc("predict", model, path.name) == 0
    assert capsys.readouterr().out.startswith(f"[red]3[b].png: {nn.predict(nn.load(model), X)[0]} (")


def test_predict_an_idx_file(model: Path, here: Path, capsys: Capture) -> None:
    write(here / "x-idx3-ubyte", images_file(3))
    assert nnfunc("predict", model, "x-idx3-ubyte", "--json") == 0
    facts = json_lines(capsys.readouterr().out)
    assert [fact["image"] for fact in facts] == [1, 2, 3]
    assert len({fact["label"] for fact in facts}) == 1


def test_a_long_path_stays_on_its_line(model: Path, here: Path, capsys: Capture) -> None:
    name = "x" * 200 + "-idx3-ubyte"
    write(here / name, images_file(2))
    assert nnfunc("predict", model, name) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_predict_writes_a_submission(
    model: Path, here: Path, subset: tuple[nn.Dataset, nn.Dataset], capsys: Capture
) -> None:
    X = subset[1].X[:, :20]
    write(here / "test.csv", csv(HEADER.removeprefix("label,"), *(",".join(map(str, x)) for x in X.T)))
    assert nnfunc("predict", model, "test.csv", "--out", "submission.csv") == 0
    header, *rows = (here / "submission.csv").read_text().splitlines()
    assert header == "ImageId,Label"
    assert rows == [f"{i},{label}" for i, label in enumerate(nn.predict(nn.load(model), X), start=1)]
    assert "wrote 20 labels to submission.csv" in capsys.readouterr().out


def test_version(capsys: Capture) -> None:
    assert nnfunc("--version") == 0
    assert capsys.readouterr().out.startswith(f"nnfunc {nn.__version__}, which replays recordings in ")


def test_the_commands_on_a_folder_of_npy_files(here: Path, capsys: Capture) -> None:
    folder = npy_folder(here)
    assert nnfunc("train", "--data", folder, "--epochs", "2", "--out", "m", "--json") == 0
    *_, quality, _ = json_lines(capsys.readouterr().out)
    assert nnfunc("evaluate", "m", "--data", folder, "--json") == 0
    (evaluated,) = json_lines(capsys.readouterr().out)
    assert evaluated == quality
    assert np.sum(quality["confusion"]) == 30
    expected = nn.predict(nn.load("m"), nn.load_mapped(folder)[1].X).tolist()
    for images in (folder, "x_test.npy"):
        assert nnfunc("predict", "m", images, "--json") == 0
        assert [fact["label"] for fact in json_lines(capsys.readouterr().out)] == expected
    assert nnfunc("train", "--data", folder, "--digit", "3", "--epochs", "1") == 0
    without(folder, "x_train.npy", "y_train.npy")
    assert nnfunc("evaluate", "m", "--data", folder) == 0


def test_predict_a_picture_of_any_size(model: Path, here: Path, capsys: Capture) -> None:
    _, test = nn.load_mnist()
    x = test.X[:, 0].reshape(28, 28)
    paper = np.full((400, 300), 255, np.uint8)
    paper[100:296, 70:266] -= np.kron(x, np.ones((7, 7), np.uint8))
    png(here / "x.png", paper)
    png(here / "as_it_is.png", x)
    assert nnfunc("predict", model, "x.png", "as_it_is.png", "--json") == 0
    photo, as_it_is = json_lines(capsys.readouterr().out)
    assert photo["label"] == as_it_is["label"] == test.y[0]
    assert photo["probability"] == pytest.approx(as_it_is["probability"], abs=0.01)
    write(here / "x-idx3-ubyte", idx(2051, (2, 5, 5), bytes(50)))
    message = "predict: X must have 784 rows, one column per sample, to enter W[1] (10×784); got X (25×2)."
    assert_refused(capsys, here, message, "predict", model, "x-idx3-ubyte")


def test_a_terminal_without_the_symbols(model: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "explain", str(model)], env=environment(PYTHONIOENCODING="ascii"), capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"10?784" in done.stdout


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
def test_a_reader_may_go_away(model: Path, here: Path) -> None:
    write(here / "x-idx3-ubyte", images_file(3000))
    command = [*COMMAND, "predict", str(model), "x-idx3-ubyte"]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline().startswith(b"x-idx3-ubyte image 1: ")
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 0


def test_an_output_that_is_no_probability_is_not_shown_as_one(here: Path, capsys: Capture) -> None:
    params = nn.init((784, 10), output="relu")
    nn.save(here / "m", params)
    png(here / "x.png", 255 * np.eye(28, dtype=np.uint8))
    assert nnfunc("predict", "m", "x.png") == 0
    assert re.fullmatch(r"x\.png: \d\n", capsys.readouterr().out)
    assert nnfunc("predict", "m", "x.png", "--json") == 0
    (line,) = json_lines(capsys.readouterr().out)
    assert line["probability"] is None


def test_a_learning_rate_is_found(capsys: Capture) -> None:
    pytest.importorskip("matplotlib")
    assert nnfunc("lr-range", "--steps", "40", "--plot", "range.png") == 0
    text = capsys.readouterr().out
    assert "suggested: α = 0." in text
    assert Path("range.png").stat().st_size > 10_000
    assert nnfunc("lr-range", "--plot", "range.txt") == 2
    message = "nnfunc: range.txt: must be a picture, .png, .svg, .pdf; got another name. Name it range.png?\n"
    assert capsys.readouterr().err == message
    assert nnfunc("lr-range", "--steps", "40", "--json") == 0
    *_, last = json_lines(capsys.readouterr().out)
    assert 0.01 < last["suggested"] < 1
