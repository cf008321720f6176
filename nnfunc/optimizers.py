"""Optimizers as pure functions of frozen states, which differ in the direction d of a step θ ← θ − α d.

    optimizer.init(params) → state
    optimizer.step(params, grads, state, learning_rate) → params, state

θ stands for each W and b, g for its gradient, α for the learning rate. All averages start at 0.
"""

from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import numpy as np
from jaxtyping import Float

from nnfunc.base.array import Array, Scalar
from nnfunc.base.validation import Numbers, number, passes, positive
from nnfunc.model.cache_and_grads import Grads, LayerGrads
from nnfunc.model.params import Params
from nnfunc.network import update
from nnfunc.tracing import tree


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class OptimizerState(tree.Node):
    """The state of an optimizer between steps: averages of gradients, and for some the number of steps taken."""

    averages: tuple[Grads, ...] = ()
    steps: Float[Array, "1 1"] | None = None


Stepped: TypeAlias = tuple[Params, OptimizerState]


class Optimizer(Protocol):
    """The interface of optimizers: create a state, and take steps along gradients."""

    def init(self, params: Params) -> OptimizerState:
        """Return the state before the first step."""
        ...

    def step(self, params: Params, grads: Grads, state: OptimizerState, learning_rate: Scalar) -> Stepped:
        """Take one step: return the new parameters and the new state."""
        ...


@dataclass(frozen=True)
class GradientDescent(Numbers):
    """Plain gradient descent, as in `nnfunc.notes`: θ ← θ − α g."""

    def init(self, params: Params) -> OptimizerState:  # noqa: ARG002
        """Return an empty state."""
        return OptimizerState()

    def step(self, params: Params, grads: Grads, state: OptimizerState, learning_rate: Scalar) -> Stepped:
        """Take one step."""
        return update(params, grads, learning_rate), state


@dataclass(frozen=True, kw_only=True)
class Momentum(Numbers):
    """Momentum: v ← μ v + g,  θ ← θ − α v (Polyak 1964; in this form Sutskever et al. 2013, with α outside v)."""

    momentum: float = field(default=0.9, metadata=passes(number, below=1))

    def init(self, params: Params) -> OptimizerState:
        """Return v before the first step: zeros."""
        return OptimizerState((zero_average(params),))

    def step(self, params: Params, grads: Grads, state: OptimizerState, learning_rate: Scalar) -> Stepped:
        """Take one step."""
        v = self._plus(grads, state.averages[0])
        return update(params, v, learning_rate), OptimizerState((v,))

    def _plus(self, grads: Grads, v: Grads) -> Grads:
        """Return g + μ v."""
        return tree.map(lambda g, v: g + self.momentum * v, grads, v)


@dataclass(frozen=True, kw_only=True)
class Nesterov(Momentum):
    """Nesterov momentum: v ← μ v + g,  θ ← θ − α (g + μ v).

    Nesterov 1983; after Bengio et al. 2013, equation 7, with α outside v.
    """

    def step(self, params: Params, grads: Grads, state: OptimizerState, learning_rate: Scalar) -> Stepped:
        """Take one step."""
        v = self._plus(grads, state.averages[0])
        return update(params, self._plus(grads, v), learning_rate), OptimizerState((v,))


@dataclass(frozen=True, kw_only=True)
class RMSProp(Numbers):
    """RMSProp: s ← ρ s + (1 − ρ) g²,  θ ← θ − α g / (√s + ε) (Tieleman, Hinton 2012, lecture 6.5)."""

    decay: float = field(default=0.9, metadata=passes(number, below=1))
    epsilon: float = field(default=1e-8, metadata=passes(positive))

    def init(self, params: Params) -> OptimizerState:
        """Return s before the first step: zeros."""
        return OptimizerState((zero_average(params),))

    def step(self, params: Params, grads: Grads, state: OptimizerState, learning_rate: Scalar) -> Stepped:
        """Take one step."""
        s = tree.map(lambda s, g: self.decay * s + (1 - self.decay) * g**2, state.averages[0], grads)
        d = tree.map(lambda s, g: g / (np.sqrt(s) + self.epsilon), s, grads)
        return update(params, d, learning_rate), OptimizerState((s,))


@dataclass(frozen=True, kw_only=True)
class Adam(Numbers):
    """Adam: m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  θ ← θ − α m̂ / (√v̂ + ε).

    Here m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) at step t (Kingma, Ba 2015, algorithm 1). The direction is computed in
    the equal form c m / (√v + ε √(1 − β₂ᵗ)) with the scalar c = √(1 − β₂ᵗ) / (1 − β₁ᵗ) (their section 2).
    """

    beta_1: float = field(default=0.9, metadata=passes(number, below=1))
    beta_2: float = field(default=0.999, metadata=passes(number, below=1))
    epsilon: float = field(default=1e-8, metadata=passes(positive))

    def init(self, params: Params) -> OptimizerState:
        """Return m, v and t before the first step: zeros."""
        return OptimizerState((zero_average(params), zero_average(params)), np.zeros((1, 1)))

    def step(self, params: Params, grads: Grads, state: OptimizerState, learning_rate: Scalar) -> Stepped:
        """Take one step."""
        d, after = self.direction(params, grads, state)
        return update(params, d, learning_rate), after

    def direction(self, params: Params, grads: Grads, state: OptimizerState) -> tuple[Grads, OptimizerState]:
        """Return the direction m̂ / (√v̂ + ε) and the new state."""
        assert state.steps is not None  # set by init
        t: Array = state.steps + 1
        root = np.sqrt(1 - self.beta_2**t)
        c, ε = (x.astype(params.dtype) for x in (root / (1 - self.beta_1**t), self.epsilon * root))
        m, v = state.averages
        m = tree.map(lambda m, g: self.beta_1 * m + (1 - self.beta_1) * g, m, grads)
        v = tree.map(lambda v, g: self.beta_2 * v + (1 - self.beta_2) * g**2, v, grads)
        return tree.map(lambda m, v: c * m / (np.sqrt(v) + ε), m, v), OptimizerState((m, v), t)


@dataclass(frozen=True, kw_only=True)
class AdamW(Adam):
    """Adam with decoupled weight decay of W, not of b: θ ← θ − α (m̂ / (√v̂ + ε) + λ θ).

    Loshchilov, Hutter 2019, algorithm 2, with α λ instead of their λ, as in PyTorch.
    """

    weight_decay: float = field(default=0.01, metadata=passes(number))

    def step(self, params: Params, grads: Grads, state: OptimizerState, learning_rate: Scalar) -> Stepped:
        """Take one step."""
        d, after = self.direction(params, grads, state)
        return update(params, plus_l2(d, params, self.weight_decay), learning_rate), after


def zero_average(params: Params) -> Grads:
    """Return gradients of 0 for every W and b."""
    return Grads(tuple(LayerGrads(np.zeros_like(layer.W), np.zeros_like(layer.b)) for layer in params.layers))


def plus_l2(grads: Grads, params: Params, λ: float) -> Grads:
    """Return dW + λ W and db, the gradient of J + λ/2 Σ W², which does not penalise biases."""
    layers = zip(params.layers, grads.layers, strict=True)
    return Grads(tuple(LayerGrads(grad.dW + λ * layer.W, grad.db) for layer, grad in layers))
