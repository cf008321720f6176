from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from nnfunc import notes
from tests.networks import leaves_equal

X = np.random.default_rng(0).random((784, 5), np.float32)
Y = nn.one_hot(np.array([3, 0, 9, 3, 1]))


def test_notes_and_network_are_equal_bit_for_bit() -> None:
    for dtype in (np.float32, np.float64):
        literal, general = notes.init(seed=1, dtype=dtype), nn.init((784, 10, 10), seed=1, dtype=dtype)
        x, y = X.astype(dtype), Y.astype(dtype)
        for _ in range(5):
            notes_cache, cache = notes.forward(literal, x), nn.forward(general, x)
            first, second = cache.layers
            assert leaves_equal(notes_cache, (first.A_prev, first.Z, first.A, second.Z, second.A))
            notes_grads, grads = notes.backward(literal, notes_cache, y), nn.backward(general, cache, y)
            assert leaves_equal(notes_grads, grads)
            literal, general = notes.update(literal, notes_grads, 0.5), nn.update(general, grads, 0.5)
            assert leaves_equal(literal, general)


no_grads: Any = notes.init()

CALLS: list[tuple[Callable[[notes.Params, notes.Cache, notes.Grads], object], str]] = [
    (lambda p, c, g: notes.forward(p, X.T), "forward: X must be Float 784×m; got X (5×784, float32). Pass X.T?"),
    (lambda p, c, g: notes.forward(p, X.astype(np.float64)), "forward: its arrays must all be float32 or all float64; got float32 and float64. Convert with .astype, or float(α)?"),
    (lambda p, c, g: notes.backward(p, c, Y[:, :1]), "backward: Y must have 5 columns, one per sample of the cache; got Y (10×1). Create the cache with forward(params, X) of the same samples."),
    (lambda p, c, g: notes.backward(p, c, Y.T), "backward: Y must have 5 columns, one per sample of the cache; got Y (5×10). Create the cache with forward(params, X) of the same samples."),
    (lambda p, c, g: notes.Params(p.W1.T, p.b1, p.W2, p.b2), "Params: W1 must be Float 10×784; got W1 (784×10, float32). Pass W1.T?"),
    (lambda p, c, g: notes.Grads(g.dW1, g.db1, g.dW2, g.db2[:, 0]), "Grads: db2 must be Float 10×1; got db2 (10, float32). Pass db2[:, None], or keep the axis with keepdims=True?"),
    (lambda p, c, g: notes.Cache(c.A0, c.Z1, c.A1, c.Z2, c.A2[:, :3]), "Cache: A2 must be Float 10×m with m = 5; got A2 (10×3, float32)."),
    (lambda p, c, g: notes.update(p, no_grads, 0.1), "update: grads must be Grads; got a value of type Params."),
]  # fmt: skip


@pytest.mark.parametrize(("call", "message"), CALLS)
def test_wrong_shapes_are_refused(call: object, message: str) -> None:
    params = notes.init()
    cache = notes.forward(params, X)
    assert callable(call)
    with pytest.raises(nn.ShapeError) as caught:
        call(params, cache, notes.backward(params, cache, Y))
    assert str(caught.value) == message
