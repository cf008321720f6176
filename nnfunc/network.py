"""The multi-layer perceptron of L layers, as pure functions.

    forward    Z[l] = W[l] A[l−1] + b[l],  A[l] = g(Z[l]),  A[0] = X
    backward   dZ[L] = A[L] − Y,  dZ[l] = W[l+1]ᵀ dZ[l+1] ∗ g′(Z[l])
               dW[l] = 1/m dZ[l] A[l−1]ᵀ,  db[l] = 1/m Σ dZ[l]
    update     W[l] ← W[l] − α dW[l],  b[l] ← b[l] − α db[l]

Columns are samples: X is n_in×m. Layer l of the formulas is `params.layers[l - 1]`. Nothing is modified.
"""

from collections.abc import Sequence
from itertools import pairwise, zip_longest

import numpy as np
from jaxtyping import Float
from numpy.typing import DTypeLike

from nnfunc.activations import SOFTMAX, Activation, ActivationName, OutputName, softmax_error
from nnfunc.base.array import Array, Scalar
from nnfunc.base.guesses import keywords_explained
from nnfunc.costs import Cost, CostName, mean
from nnfunc.model import checks
from nnfunc.model.cache_and_grads import Cache, Grads, LayerCache, LayerGrads, Masks, times
from nnfunc.model.params import Params, check_settings, random_layer
from nnfunc.shapes import checked, checked_with
from nnfunc.tracing import tree


@keywords_explained
def init(
    sizes: Sequence[int],
    *,
    activation: ActivationName | Activation | Sequence[ActivationName | Activation] = "relu",
    output: OutputName | Activation = "softmax",
    cost: CostName | Cost | None = None,
    seed: "int | np.random.Generator" = 0,
    dtype: DTypeLike = np.float32,
) -> Params:
    """Draw random weights, with zero biases, for a network of these sizes: (784, 10, 10) has two layers.

    Before relu, leaky_relu and elu W is normal with variance 2/n_in (He et al. 2015, equation 10); elsewhere it is
    uniform within ±√(6/(n_in + n_out)) (Glorot, Bengio 2010, equation 16). A seed gives both dtypes the same network.

    Args:
        sizes: the number of nodes of the input, of each hidden layer, and of the output.
        activation: of all hidden layers, or one per layer: a name, or a custom `nn.Activation`, which is checked.
        output: the activation of the last layer.
        cost: by default the one that belongs to the output: cross_entropy to softmax, binary_cross_entropy to
            sigmoid, squared_error to all others.
        seed: the seed of a new generator, or the generator to draw from.
        dtype: float32 or float64.

    Raises:
        SettingError: a size is below 1, there are fewer than two sizes, or a name is unknown or not allowed there.
    """
    sizes, activations, cost = check_settings("init", sizes, activation, output, cost, seed, dtype)
    rng, kinds = np.random.default_rng(seed), zip(pairwise(sizes), activations, strict=True)
    return Params(tuple(random_layer(rng, n_in, n_out, g, dtype) for (n_in, n_out), g in kinds), cost)


@checked_with(checks.input_and_masks)
def forward(params: Params, X: Float[Array, "n_in m"], masks: Masks = ()) -> Cache:
    """Run the samples through the network: `cache.output` is A[L].

    Args:
        params: the network to run.
        X: A[0], floats of the dtype of `params`; scale pixels with `nn.scale`.
        masks: factors of the entries of each hidden A[l], as `nn.dropout_masks` draws them; none when predicting.

    Raises:
        ShapeError: X does not have as many rows as W[1] has columns, or has another dtype; or the masks do not fit.
    """
    A_prev, layers = X, list[LayerCache]()
    for layer, mask in zip_longest(params.layers, masks):
        g = layer.activation.value
        Z = layer.W @ A_prev + layer.b  # n_out×m = (n_out×n_in)(n_in×m) + n_out×1
        A = times(g(Z), mask)  # n_out×m
        layers.append(LayerCache(A_prev, Z, A, mask))
        A_prev = A
    return Cache(tuple(layers))


@checked_with(checks.cache_and_targets)
def backward(
    params: Params, cache: Cache, Y: Float[Array, "n_out m"], weights: Float[Array, " m"] | None = None
) -> Grads:
    """Compute the gradients of the mean cost, from the last layer to the first.

    Args:
        params: the parameters that made the cache.
        cache: the result of `forward` for the samples of Y.
        Y: the targets of A[L].
        weights: w of each sample in J = 1/m Σ w · loss; 1 by default.

    Raises:
        ShapeError: cache, Y or weights belong to other sizes or samples.
    """
    L = len(params.layers)
    dZ = times(output_error(params, cache, Y), weights)  # dZ[L]
    grads = [layer_gradient(dZ, cache.layers[L - 1].A_prev)]
    for l in range(L - 1, 0, -1):
        g_prime = params.layers[l - 1].activation.derivative
        dA = times(params.layers[l].W.T @ dZ, cache.layers[l - 1].mask)  # dA[l] = W[l+1]ᵀ dZ[l+1]
        dZ = dA * g_prime(cache.layers[l - 1].Z)  # dZ[l] = dA[l] ∗ g′(Z[l])
        grads.append(layer_gradient(dZ, cache.layers[l - 1].A_prev))
    return Grads(tuple(reversed(grads)))


@checked
def layer_gradient(dZ: Float[Array, "n_out m"], A_prev: Float[Array, "n_in m"]) -> LayerGrads:
    """Compute dW and db of one layer: its share in the error, as a mean over the samples."""
    m = dZ.shape[1]
    dW = dZ @ A_prev.T / m  # n_out×n_in = (n_out×m)(m×n_in)
    db = dZ.sum(axis=1, keepdims=True) / m  # n_out×1
    return LayerGrads(dW, db)


@checked
def output_error(params: Params, cache: Cache, Y: Float[Array, "n_out m"]) -> Float[Array, "n_out m"]:
    """Compute dZ[L]: A[L] − Y where the cost belongs to the output, else dA[L] ∗ g′(Z[L])."""
    if params.cost.belongs_to(params.output):
        dZ: Float[Array, "n_out m"] = cache.output - Y
        return dZ
    dA = params.cost.derivative(cache.output, Y)
    if params.output == SOFTMAX:
        return softmax_error(cache.output, dA)
    dZ = dA * params.output.derivative(cache.layers[-1].Z)  # dA[L] ∗ g′(Z[L])
    return dZ


@checked_with(checks.gradients)
def update(params: Params, grads: Grads, α: Scalar) -> Params:
    """Take one step of gradient descent.

    W[l] ← W[l] − α dW[l],  b[l] ← b[l] − α db[l]

    Args:
        params: the current parameters; not modified.
        grads: the gradients of the *mean* cost over the batch.
        α: the learning rate, dimensionless.

    Returns:
        New parameters, of the same sizes and dtype as `params`.

    Raises:
        ShapeError: `grads` belongs to other sizes.
    """
    layers = tuple(
        tree.replace(layer, W=layer.W - α * grad.dW, b=layer.b - α * grad.db)
        for layer, grad in zip(params.layers, grads.layers, strict=True)
    )
    return Params(layers, params.cost)


@checked_with(checks.cache_and_targets)
def cost(params: Params, cache: Cache, Y: Float[Array, "n_out m"], weights: Float[Array, " m"] | None = None) -> float:
    """Compute J, the mean over the samples of w · loss; low for good predictions. `params.cost` has the formula."""
    return float(mean_cost(params, cache, Y, weights))


def mean_cost(params: Params, cache: Cache, Y: Array, weights: Array | None) -> Scalar:
    """Compute J as a NumPy number, which can be recorded."""
    return mean(params.cost.losses(cache.layers[-1].Z, cache.output, Y), weights)
