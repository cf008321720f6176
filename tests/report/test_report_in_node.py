"""The code of the page computes what nnfunc computes."""

import base64
from itertools import product
from typing import Any, get_args

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.activations import ActivationName, OutputName
from nnfunc.report import page
from nnfunc.report.document import packed_layers
from tests.report.javascript import data_of, run

HIDDEN: list[ActivationName] = sorted(get_args(ActivationName))
PAIRS: list[tuple[ActivationName, OutputName]] = list(product(HIDDEN, sorted(get_args(OutputName))))

FORWARD = """
const pixels = bytesOf(given.pixels);
const m = pixels.length / given.n;
return given.networks.map((packed) => {
  const layers = layersOf(packed);
  const found = layers.map(() => ({ Z: [], A: [] }));
  for (let i = 0; i < m; i++) {
    const X = scale(pixels.subarray(i * given.n, (i + 1) * given.n));
    forward(layers, X).forEach(({ Z, A }, l) => { found[l].Z.push(...Z); found[l].A.push(...A); });
  }
  const packs = (x) => Buffer.from(new Float64Array(x).buffer).toString("base64");
  return found.map(({ Z, A }) => ({ Z: packs(Z), A: packs(A) }));
});
"""


def array(text: str, n: int) -> nn.Array:
    """The columns of n numbers that the code returned."""
    return np.frombuffer(base64.b64decode(text)).reshape(-1, n).T


@pytest.fixture(scope="module")
def images(subset: tuple[nn.Dataset, nn.Dataset]) -> nn.Dataset:
    return subset[1].take(slice(0, 1000))


def network(hidden: ActivationName, output: OutputName, seed: int) -> nn.Params:
    """A network with biases, too."""
    rng = np.random.default_rng(seed)
    params = nn.init((784, 16, 11, 10), activation=hidden, output=output, seed=rng)
    layers = (nn.Layer(x.W, rng.normal(0, 0.3, x.b.shape).astype(x.b.dtype), x.activation) for x in params.layers)
    return nn.Params(tuple(layers), params.cost)


def computed(networks: list[nn.Params], images: nn.Dataset) -> list[list[tuple[nn.Array, nn.Array]]]:
    """Z and A of each layer of each network, by the code of the page."""
    given = {
        "networks": [packed_layers(params) for params in networks],
        "pixels": base64.b64encode(np.ascontiguousarray(images.X.T).tobytes()).decode(),
        "n": len(images.X),
    }
    found = run(FORWARD, given)
    return [
        [(array(x["Z"], n), array(x["A"], n)) for x, n in zip(layers, params.sizes[1:], strict=True)]
        for layers, params in zip(found, networks, strict=True)
    ]


def test_every_activation_and_output_is_that_of_forward(images: nn.Dataset) -> None:
    assert len(PAIRS) == 42
    networks = [network(*pair, seed) for seed, pair in enumerate(PAIRS)]
    for pair, params, layers in zip(PAIRS, networks, computed(networks, images), strict=True):
        cache = nn.forward(params, nn.scale(images.X))
        for made, (Z, A) in zip(cache.layers, layers, strict=True):
            assert abs(made.Z - Z).max() < 1e-5, pair
            assert abs(made.A - A).max() < 1e-5, pair


def test_a_trained_network_and_one_of_float64(images: nn.Dataset, subset: tuple[nn.Dataset, nn.Dataset]) -> None:
    training, _ = subset
    *_, trained = nn.train(nn.init((784, 128, 10)), training, learning_rate=0.1, batch=64, epochs=2)
    double = nn.init((784, 20, 1), output="sigmoid", dtype=np.float64)
    answers = nn.Dataset(images.X, nn.is_digit(images.y, 3, np.float64))
    for params, data in ((trained.params, images), (double, answers)):
        ((*_, (_, A)),) = computed([params], data)
        X = nn.scale(images.X, params.dtype)
        assert abs(nn.forward(params, X).output - A).max() < 1e-5


DIGIT = """
return given.map(({ ink, width }) => Array.from(fitToMnist(bytesOf(ink), width) ?? []));
"""


def fitted(inks: list[nn.Array]) -> list[list[int]]:
    """The 28×28 pixels that the page makes of ink."""
    given = [{"ink": base64.b64encode(ink.tobytes()).decode(), "width": ink.shape[1]} for ink in inks]
    found: list[list[int]] = run(DIGIT, given)
    return found


def test_drawings_are_fitted_as_pictures_are() -> None:
    rng = np.random.default_rng(0)
    inks = list[nn.Array]()
    for _ in range(300):
        height, width = rng.integers(1, 90, 2)
        ink = rng.integers(0, 256, (height, width), np.uint8) * (rng.random((height, width)) < rng.random())
        ink[rng.integers(height), rng.integers(width)] = rng.integers(1, 256)
        inks.append(ink.astype(np.uint8))
    for ink, pixels in zip(inks, fitted(inks), strict=True):
        assert pixels == nn.fit_to_mnist(ink).ravel().tolist(), ink.shape
    specks = np.zeros((900, 900), np.uint8)
    specks[0, 0] = specks[-1, -1] = 1
    assert fitted([np.zeros((5, 9), np.uint8), specks]) == [[], []]


def test_digits_of_mnist_stay_as_they_are(images: nn.Dataset) -> None:
    found = np.array(fitted([x.reshape(28, 28) for x in images.X.T])).T
    assert (found == images.X).all(axis=0).sum() >= 999


def test_a_picture_of_the_paper_is_seen_as_the_paper_is(tmp_path: Any) -> None:
    image: Any = pytest.importorskip("PIL.Image")
    strokes = [[[70, 66], [140, 60], [200.5, 70.25], [150, 150], [120, 222]], [[110, 140], [190, 140]]]
    ink, seen = run("const ink = inkOf(given); return [Array.from(ink), Array.from(fitToMnist(ink, PAPER))];", strokes)
    drawn = np.array(ink, np.uint8).reshape(280, 280)
    for name, grey in (("white.png", drawn), ("black.png", 255 - drawn), ("black.bmp", 255 - drawn)):
        image.fromarray(grey).save(tmp_path / name)
        found = nn.read_photo(tmp_path / name).ravel().astype(int)
        assert abs(found - np.array(seen)).max() <= 1, name


def test_the_packed_digits_are_those_of_the_test_set(images: nn.Dataset) -> None:
    data = data_of(page(nn.init((784, 10, 10)), images))
    code = "return (await imagesOf(given.images, given.n)).map((x) => Array.from(x))"
    found = run(code, {"images": data["images"], "n": 784})
    numbers = [one["number"] - 1 for one in data["shown"]]
    assert np.array_equal(np.array(found).T, images.X[:, numbers])
