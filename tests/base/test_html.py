"""What notebooks show."""

import io
import re
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.base.html import picture, png, table
from tests.networks import batch, small


def test_what_is_in_a_table_is_text() -> None:
    shown = table(["<b>", "x"], [("<script>", 1)], caption="a & b")
    assert "<script>" not in shown
    assert "<th>&lt;b&gt;</th>" in shown
    assert "<td>&lt;script&gt;</td><td>1</td>" in shown
    assert "<caption>a &amp; b</caption>" in shown
    assert 'alt="&quot;"' in picture(np.zeros((2, 2), np.uint8), '"')


def test_a_picture_is_a_png() -> None:
    image: Any = pytest.importorskip("PIL.Image")
    pixels = np.random.default_rng(0).integers(0, 256, (5, 9), np.uint8)
    assert np.array_equal(np.asarray(image.open(io.BytesIO(png(pixels)))), pixels)


def shown(x: Any) -> str:
    found: str = x._repr_html_()
    return found


def test_networks_are_tables_of_dimensions() -> None:
    params = nn.init((784, 128, 10))
    assert "<caption>784-128-10, cross_entropy, float32</caption>" in shown(params)
    assert "<td>1</td><td>128×784</td><td>128×1</td><td>relu</td><td>100,480</td>" in shown(params)
    assert "101,770" in shown(params)
    small_one = small(2)
    X, _ = batch(small_one)
    rows = re.findall("<tr>(.*?)</tr>", shown(nn.forward(small_one, X)))
    assert len(rows) == 3
    assert str(X.shape[0]) in rows[1]


def test_digits_are_shown_and_other_features_are_not() -> None:
    _, test = nn.load_mnist()
    assert "2,000 samples of 784 features, uint8" in shown(test)
    assert shown(test).count("<img") == 1
    assert f"the first: {', '.join(map(str, test.y[:20].tolist()))}" in shown(test)
    assert "<img" not in shown(nn.Dataset(np.ones((7, 3)), np.array([0, 1, 2])))
    assert "<img" in shown(nn.Dataset(np.ones((64, 3), np.float32), np.array([0, 1, 2])))


def test_an_epoch_shows_what_is_known_and_computes_nothing() -> None:
    params = small()
    X, Y = batch(params, 20)
    data = nn.Dataset(X, Y.argmax(axis=0))
    (epoch,) = nn.train(params, data, learning_rate=0.1, epochs=1, batch=8, validation=data)
    assert repr(epoch) == "Epoch 1 (steps 3)"
    cost = epoch.validation_cost
    assert (
        repr(epoch)
        == f"Epoch 1 (steps 3, validation cost {cost:.4f}, validation accuracy {epoch.validation_accuracy:.2%})"
    )
    assert f"<td>{cost:.4f}</td>" in shown(epoch)
