"""The wording of the hand-written checks: a sentence and a remedy."""

from collections.abc import Callable

import numpy as np
import pytest

import nnfunc as nn
from tests.networks import leaves_equal

params = nn.init((784, 10, 10))
X = np.random.default_rng(0).random((784, 5), np.float32)
Y = nn.one_hot(np.array([1, 2, 3, 4, 5]))
cache = nn.forward(params, X)
grads = nn.backward(params, cache, Y)
three = nn.init((784, 32, 16, 1), output="sigmoid")
digits = nn.Dataset(np.zeros((784, 4), np.uint8), np.array([0, 1, 2, 3]))

MESSAGES: list[tuple[Callable[[], object], str]] = [
    (lambda: nn.forward(params, np.zeros((60000, 784), np.float32)), "forward: X must have 784 rows, one column per sample, to enter W[1] (10×784); got X (60000×784). Pass X.T?"),
    (lambda: nn.forward(params, X[:100]), "forward: X must have 784 rows, one column per sample, to enter W[1] (10×784); got X (100×5)."),
    (lambda: nn.forward(params, X[:, 0]), "forward: X must have 784 rows, one column per sample, to enter W[1] (10×784); got X (784). Pass X[:, None], one sample as one column?"),
    (lambda: nn.forward(params, np.zeros((5, 28, 28), np.float32)), "forward: X must have 784 rows, one column per sample, to enter W[1] (10×784); got X (5×28×28). Pass nn.to_columns(X)?"),
    (lambda: nn.forward(params, X.astype(np.float64)), "forward: X must be float32 like params; got X float64. Pass X.astype(np.float32)?"),
    (lambda: nn.forward(params, np.zeros((784, 5), np.uint8)), "forward: X must be float32 like params; got X uint8. Pass nn.scale(X, np.float32)?"),
    (lambda: nn.forward(params, [[0.0]]), "forward: X must be a NumPy array; got a value of type list. Pass np.asarray(X)?"),  # type: ignore[arg-type]
    (lambda: nn.forward(X, params), "forward: params must be nn.Params; got a value of type ndarray. Create them with nn.init(sizes)?"),  # type: ignore[arg-type]
    (lambda: nn.predict(params, X.T), "predict: X must have 784 rows, one column per sample, to enter W[1] (10×784); got X (5×784). Pass X.T?"),
    (lambda: nn.backward(params, cache, Y[:, :3]), "backward: Y must be 10×5, as A[2] in dZ[2] = A[2] − Y; got Y (10×3)."),
    (lambda: nn.backward(params, cache, Y.T), "backward: Y must be 10×5, as A[2] in dZ[2] = A[2] − Y; got Y (5×10). Pass Y.T?"),
    (lambda: nn.backward(params, cache, np.array([1, 2, 3, 4, 5])), "backward: Y must be 10×5, as A[2] in dZ[2] = A[2] − Y; got Y (5). Pass nn.one_hot(Y, 10)?"),
    (lambda: nn.backward(three, nn.forward(three, X), np.array([1, 0, 0, 1, 0])), "backward: Y must be 1×5, as A[3] in dZ[3] = A[3] − Y; got Y (5). Pass Y[None]?"),
    (lambda: nn.backward(params, cache, Y.astype(np.float64)), "backward: Y must be float32 like params; got Y float64. Pass Y.astype(np.float32)?"),
    (lambda: nn.backward(params, nn.forward(params, X[:, :0]), Y[:, :0]), "backward: X and Y must have at least one column, one per sample; got none."),
    (lambda: nn.backward(three, cache, Y), "backward: cache must hold 3 layers, as params; got 2. Create it with nn.forward(params, X)."),
    (lambda: nn.backward(nn.init((784, 20, 10)), cache, Y), "backward: Z of cache.layers[0] must be 20×5 and float32, of A[1] = g(W[1] A[0] + b[1]); got Z (10×5, float32). Create the cache with nn.forward(params, X)."),
    (lambda: nn.backward(params, X, Y), "backward: cache must be what nn.forward(params, X) returned; got a value of type ndarray."),  # type: ignore[arg-type]
    (lambda: nn.cost(params, cache, Y[:5]), "cost: Y must be 10×5, as A[2] in J = −1/m Σ Y log A[2]; got Y (5×5)."),
    (lambda: nn.update(params, params, 0.1), "update: grads must be what nn.backward(params, cache, Y) returned; got a value of type Params."),  # type: ignore[arg-type]
    (lambda: nn.update(nn.init((784, 20, 10)), grads, 0.1), "update: dW[1] must be 20×784 and float32 for W[1] ← W[1] − α dW[1]; got dW[1] (10×784, float32). Create grads with nn.backward(params, cache, Y)."),
    (lambda: nn.update(three, grads, 0.1), "update: grads must hold 3 layers, as params; got 2. Create them with nn.backward(params, cache, Y)."),
    (lambda: nn.update(params, grads, np.float64(0.1)), "update: α must be a number, or a 0-d array of float32 like params; got α float64 of shape (). Pass float(α)?"),
    (lambda: nn.update(params, grads, np.array([0.1], np.float32)), "update: α must be a number, or a 0-d array of float32 like params; got α float32 of shape (1,). Pass float(α)?"),
    (lambda: nn.update(params, grads, "0.1"), "update: α must be float | int | floating | Float scalar; got a value of type str."),  # type: ignore[arg-type]
    (lambda: nn.predict(nn.init((784, 1), output="identity"), X), "predict: the output must be sigmoid, or more than one, to name classes; got one identity output. Its values are nn.forward(params, X).output."),
    (lambda: nn.one_hot(np.array([3, 10])), "one_hot: labels must be 0..9; got 10 at sample 1."),
    (lambda: nn.train(three, digits, learning_rate=0.1, epochs=1), "data: labels must be 0..1, as the network has 1 output; got 3 at sample 3. Make them with nn.is_digit(y, 3)?"),
    (lambda: nn.train(params, nn.Dataset(digits.X, Y[:3, :4]), learning_rate=0.1, epochs=1), "data: y must have 10 rows, one per output; got y (3×4)."),
    (lambda: nn.train(nn.init((5, 10)), digits, learning_rate=0.1, epochs=1), "train: X must have 5 rows, one column per sample, to enter W[1] (10×5); got X (784×4)."),
    (lambda: nn.train(params, digits, learning_rate=0, epochs=1), "train: learning rate must be a finite number above 0; got 0. Try 0.1?"),
    (lambda: nn.train(params, digits, learning_rate=float("nan"), epochs=1), "train: learning rate must be a finite number above 0; got nan. Try 0.1?"),
    (lambda: nn.train(params, digits, learning_rate=0.1, epochs=0), "train: epochs must be a whole number from 1; got 0."),
    (lambda: nn.train(params, digits, learning_rate=0.1, epochs=1, batch=0), "train: batch must be a whole number from 1; got 0."),
]  # fmt: skip


@pytest.mark.parametrize(("call", "message"), MESSAGES, ids=[message[:60] for _, message in MESSAGES])
def test_the_sentence(call: Callable[[], object], message: str) -> None:
    with pytest.raises(nn.NnfuncError) as caught:
        call()
    assert str(caught.value) == message


def test_a_number_of_any_kind_is_a_learning_rate() -> None:
    plain = nn.update(params, grads, 0.5)
    for α in (np.float32(0.5), np.array(0.5, np.float32)):
        assert leaves_equal(nn.update(params, grads, α), plain)
    assert leaves_equal(nn.update(params, grads, 1), nn.update(params, grads, 1.0))
