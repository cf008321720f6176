"""Short trainings of small networks on data that fit them."""

import nnfunc as nn
from tests.networks import batch


def data(params: nn.Params, m: int = 50) -> nn.Dataset:
    X, Y = batch(params, m)
    return nn.Dataset(X, Y.argmax(axis=0))


def epochs(params: nn.Params, **settings: object) -> list[nn.Epoch]:
    chosen = {"learning_rate": 0.1, "epochs": 3, "batch": 8} | settings
    return list(nn.train(params, data(params), **chosen))  # type: ignore[arg-type]
