"""What a user writes and every checker accepts."""

import numpy as np
from jaxtyping import Float

import nnfunc as nn


@nn.checked
def logits(params: nn.Params, X: Float[nn.Array, "784 m"]) -> Float[nn.Array, "10 m"]:
    return nn.forward(params, X).layers[-1].Z


params: nn.Params = nn.init((784, 10, 10), activation="relu", seed=1)
X: nn.Array = np.zeros((784, 2), np.float32)
Y: nn.Array = nn.one_hot(np.array([1, 2]))
cache: nn.Cache = nn.forward(params, X)
grads: nn.Grads = nn.backward(params, cache, Y)
stepped: nn.Params = nn.update(params, grads, 0.1)
stepped = nn.update(params, grads, np.float32(0.1))
cost: float = nn.cost(params, cache, Y)
Z: nn.Array = logits(params, X)

training, test = nn.load_mnist()
for epoch in nn.train(params, training, learning_rate=0.1, epochs=1, batch=32, validation=test):
    number: int = epoch.number
    accuracy: float = epoch.accuracy
    validated: float | None = epoch.validation_accuracy
    trained: nn.Params = epoch.params

epochs: nn.Epochs = nn.EarlyStopping(nn.train(params, training, epochs=1, validation=test))
epochs = nn.early_stopping(epochs)  # the old name, an alias
best: nn.Params = nn.EarlyStopping(epochs).best.params
