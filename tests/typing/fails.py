"""What every checker refuses: each marked line has an error, no other line has."""

import numpy as np
from jaxtyping import Float

import nnfunc as nn


@nn.checked
def logits(params: nn.Params, X: Float[nn.Array, "784 m"]) -> Float[nn.Array, "10 m"]:
    return nn.forward(params, X).layers[-1].Z


params = nn.init((784, 10, 10))
X = np.zeros((784, 2), np.float32)
cache = nn.forward(params, X)
nn.forward(X, params)  # error
nn.backward(params, X, X)  # error
nn.update(params, cache, 0.1)  # error
nn.update(params, nn.backward(params, cache, X), "0.1")  # error
nn.init(784, 10)  # error
nn.train(params, X, learning_rate=0.1, epochs=1)  # error
nn.train(params, nn.Dataset(X, X), 0.1)  # error
nn.train(params, nn.Dataset(X, X), epochs=1, optimizer="sgd")  # error
logits(params, "X")  # error
logits(params)  # error
params.cost = "squared_error"  # error
params.layers[0].W = X  # error
nn.predict(params, X).columns  # error
label: int = nn.forward(params, X)  # error
