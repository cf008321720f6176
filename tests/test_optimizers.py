"""Each optimizer against its formula, written entry by entry, against numbers worked out once, and against PyTorch."""

import math
from collections.abc import Callable, Generator
from typing import Any, TypeAlias

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.activations import IDENTITY
from nnfunc.costs import SQUARED_ERROR
from nnfunc.optimizers import zero_average
from nnfunc.tracing import tree
from nnfunc.training.steps.settings import OptimizerName
from tests.networks import batch, leaves_equal, small

STEPS = 50
RATE = 0.01

OPTIMIZERS: dict[str, Any] = {
    "descent": nn.GradientDescent(),
    "momentum": nn.Momentum(momentum=0.8),
    "nesterov": nn.Nesterov(momentum=0.8),
    "rmsprop": nn.RMSProp(decay=0.95, epsilon=1e-6),
    "adam": nn.Adam(beta_1=0.8, beta_2=0.99, epsilon=1e-7),
    "adamw": nn.AdamW(beta_1=0.8, beta_2=0.99, epsilon=1e-7, weight_decay=0.1),
}

Entry: TypeAlias = Generator[float, float, None]
"""One number θ, which takes a gradient and gives the next θ."""


def descent(θ: float, decays: bool) -> Entry:
    while True:
        g = yield θ
        θ -= RATE * g


def momentum(θ: float, decays: bool) -> Entry:
    v = 0.0
    while True:
        g = yield θ
        v = 0.8 * v + g
        θ -= RATE * v


def nesterov(θ: float, decays: bool) -> Entry:
    v = 0.0
    while True:
        g = yield θ
        v = 0.8 * v + g
        θ -= RATE * (g + 0.8 * v)


def rmsprop(θ: float, decays: bool) -> Entry:
    s = 0.0
    while True:
        g = yield θ
        s = 0.95 * s + 0.05 * g * g
        θ -= RATE * g / (math.sqrt(s) + 1e-6)


def adam(θ: float, decays: bool, weight_decay: float = 0.0) -> Entry:
    m = v = 0.0
    t = 0
    while True:
        g = yield θ
        t += 1
        m, v = 0.8 * m + 0.2 * g, 0.99 * v + 0.01 * g * g
        mean, spread = m / (1 - 0.8**t), v / (1 - 0.99**t)
        θ -= RATE * (mean / (math.sqrt(spread) + 1e-7) + (weight_decay * θ if decays else 0.0))


def adamw(θ: float, decays: bool) -> Entry:
    return adam(θ, decays, 0.1)


FORMULAS: dict[str, Callable[[float, bool], Entry]] = {
    f.__name__: f for f in (descent, momentum, nesterov, rmsprop, adam, adamw)
}


def run(optimizer: Any, params: nn.Params, all_grads: list[nn.Grads]) -> nn.Params:
    state = optimizer.init(params)
    for grads in all_grads:
        params, state = optimizer.step(params, grads, state, RATE)
    return params


def gradients(params: nn.Params) -> list[nn.Grads]:
    """Of 50 steps: random, and of different lengths."""
    rng = np.random.default_rng(0)
    return [tree.map(lambda x: rng.normal(0, rng.random(), x.shape), zero_average(params)) for _ in range(STEPS)]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_is_its_formula(name: str) -> None:
    params = small(2)
    all_grads = gradients(params)
    found = tree.leaves(run(OPTIMIZERS[name], params, all_grads))
    for i, leaf in enumerate(tree.leaves(params)):
        for at in np.ndindex(leaf.shape):
            θ = float(leaf[at])
            entry = FORMULAS[name](θ, i % 2 == 0)  # W decays, b does not
            next(entry)
            for grads in all_grads:
                θ = entry.send(float(tree.leaves(grads)[i][at]))
            assert math.isclose(found[i][at], θ, rel_tol=1e-12, abs_tol=1e-12)


# One number, from 1, with the gradients sin 1, sin 2, …, sin 50: worked out with Python's decimal numbers of 40 digits.
WORKED_OUT = {
    "descent": "1.00099122799507958912",
    "momentum": "0.96376816878498756238",
    "nesterov": "0.97200576302306963902",
    "rmsprop": "0.96331217461759934342",
    "adam": "0.97249740295764053806",
    "adamw": "0.92509903037769424749",
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_50_steps_give_the_numbers_worked_out_once(name: str) -> None:
    params = nn.Params((nn.Layer(np.ones((1, 1)), np.ones((1, 1)), IDENTITY),), SQUARED_ERROR)
    grads = [
        nn.Grads((nn.LayerGrads(np.array([[math.sin(i)]]), np.array([[math.sin(i)]])),)) for i in range(1, STEPS + 1)
    ]
    W = float(run(OPTIMIZERS[name], params, grads).layers[0].W[0, 0])
    assert math.isclose(W, float(WORKED_OUT[name]), rel_tol=1e-12)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_is_that_of_pytorch(name: str) -> None:
    torch: Any = pytest.importorskip("torch")
    params = small(3)
    all_grads = gradients(params)
    θ = [torch.tensor(np.array(leaf), requires_grad=True) for leaf in tree.leaves(params)]
    groups = [{"params": θ[0::2]}, {"params": θ[1::2], "weight_decay": 0.0}]
    theirs = {
        "descent": lambda: torch.optim.SGD(θ, lr=RATE),
        "momentum": lambda: torch.optim.SGD(θ, lr=RATE, momentum=0.8),
        "nesterov": lambda: torch.optim.SGD(θ, lr=RATE, momentum=0.8, nesterov=True),
        "rmsprop": lambda: torch.optim.RMSprop(θ, lr=RATE, alpha=0.95, eps=1e-6),
        "adam": lambda: torch.optim.Adam(θ, lr=RATE, betas=(0.8, 0.99), eps=1e-7),
        "adamw": lambda: torch.optim.AdamW(groups, lr=RATE, betas=(0.8, 0.99), eps=1e-7, weight_decay=0.1),
    }[name]()
    for grads in all_grads:
        for x, g in zip(θ, tree.leaves(grads), strict=True):
            x.grad = torch.tensor(np.array(g))
        theirs.step()
    for x, leaf in zip(θ, tree.leaves(run(OPTIMIZERS[name], params, all_grads)), strict=True):
        assert np.allclose(x.detach().numpy(), leaf, rtol=1e-12, atol=1e-12)


def step(params: nn.Params, X: nn.Array, Y: nn.Array, state: nn.OptimizerState, optimizer: Any) -> Any:
    grads = nn.backward(params, nn.forward(params, X), Y)
    return optimizer.step(params, grads, state, 0.1)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_shapes_of_a_step_are_proved(name: str) -> None:
    params = nn.symbolic_params("784 h c")
    X, Y = nn.symbolic("784 m"), nn.symbolic("c m")
    averages = nn.backward(params, nn.forward(params, X), Y)
    like = OPTIMIZERS[name].init(small(2))
    state = nn.OptimizerState((averages,) * len(like.averages), None if like.steps is None else np.zeros((1, 1)))
    nn.prove(step, params, X, Y, state, OPTIMIZERS[name])


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_training_is_the_pure_function_step_by_step(name: str, dtype: Any, in_python: None) -> None:
    params = small(3, activation="tanh", dtype=dtype)
    X, Y = batch(params, 40)
    *_, last = nn.train(
        params, nn.Dataset(X, Y.argmax(axis=0)), learning_rate=0.1, batch=8, epochs=3, optimizer=OPTIMIZERS[name]
    )
    state, rng, α = OPTIMIZERS[name].init(params), np.random.default_rng(0), np.array(0.1, dtype)
    for _ in range(3):
        for samples in nn.batches(40, 8, rng):
            grads = nn.backward(params, nn.forward(params, X[:, samples]), Y[:, samples])
            params, state = OPTIMIZERS[name].step(params, grads, state, α)
    assert leaves_equal(last.params, params)
    assert leaves_equal(last.state.optimizer, state)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("size", [None, 8])
def test_resumed_training_is_the_uninterrupted_one(name: OptimizerName, size: int | None) -> None:
    params = small(3, dtype=np.float32)
    X, Y = batch(params, 40)

    def epochs(**settings: Any) -> list[nn.Epoch]:
        data = nn.Dataset(X, Y.argmax(axis=0))
        return list(nn.train(params, data, learning_rate=0.01, epochs=5, batch=size, optimizer=name, **settings))

    whole = epochs()
    resumed = epochs(resume=whole[1].state)
    assert leaves_equal(whole[-1].params, resumed[-1].params)
    assert leaves_equal(whole[-1].state.optimizer, resumed[-1].state.optimizer)


@pytest.mark.parametrize("name", ["adam", "lbfgs"])
def test_a_gradient_that_somebody_else_computes_is_stepped_alike(name: str) -> None:
    if name == "lbfgs":
        pytest.importorskip("scipy")
    params = small(3)
    X, Y = batch(params, 40)
    data = nn.Dataset(X, Y.argmax(axis=0))
    settings: dict[str, Any] = {"learning_rate": 1, "epochs": 4, "optimizer": name, "l2": 0.01}
    *_, own = nn.train(params, data, **settings)
    *_, given = nn.train(params, data, gradient=lambda params: nn.gradient(params, data.X, Y), **settings)
    assert leaves_equal(own.params, given.params)
    with pytest.raises(nn.SettingError, match="must be all that changes the cost; got sample_weights beside it"):
        nn.train(
            params,
            data,
            gradient=lambda params: nn.gradient(params, data.X, Y),
            learning_rate=1,
            epochs=1,
            sample_weights=np.ones(40) + np.arange(40),
        )


def test_numbers_of_numpy_are_numbers() -> None:
    params = small(2, dtype=np.float32)
    X, Y = batch(params, 40)
    data = nn.Dataset(X, Y.argmax(axis=0))
    for size in (None, 8):
        settings: dict[str, Any] = {"learning_rate": np.float64(0.1), "epochs": 2, "batch": size}
        *_, one = nn.train(params, data, optimizer=nn.Momentum(momentum=np.float64(0.8)), **settings)
        *_, other = nn.train(params, data, optimizer=nn.Momentum(momentum=0.8), **settings)
        assert leaves_equal(one.params, other.params)


def test_a_run_is_resumed_with_its_own_optimizer() -> None:
    params = small(2)
    X, Y = batch(params, 40)
    data = nn.Dataset(X, Y.argmax(axis=0))
    epoch = next(nn.train(params, data, learning_rate=0.1, epochs=2, optimizer="momentum"))
    with pytest.raises(nn.SettingError) as caught:
        nn.train(params, data, learning_rate=0.1, epochs=2, optimizer="rmsprop", resume=epoch.state)
    assert str(caught.value) == (
        "train: settings must be those before resume, optimizer=Momentum(momentum=0.9); "
        "got optimizer=RMSProp(decay=0.9, epsilon=1e-08). Start a new run?"
    )


def test_lbfgs_is_that_of_scipy() -> None:
    optimize: Any = pytest.importorskip("scipy.optimize")
    params = small(2, activation="tanh")
    X, Y = batch(params, 60)
    data = nn.Dataset(X, Y.argmax(axis=0))
    found = list(nn.train(params, data, learning_rate=1, epochs=12, optimizer=nn.LBFGS(history=7), l2=0.01))
    θ, unflatten = tree.flatten(params)

    def J(θ: nn.Array) -> tuple[float, nn.Array]:
        at = unflatten(θ)
        J, grads = nn.gradient(at, X, Y)
        W = [layer.W for layer in at.layers]
        g = [part for layer, w in zip(grads.layers, W, strict=True) for part in (layer.dW + 0.01 * w, layer.db)]
        return J + 0.005 * sum(float(np.sum(w**2)) for w in W), np.concatenate([part.ravel() for part in g])

    points: list[nn.Array] = []

    def keep(x: nn.Array) -> None:
        points.append(x.copy())

    options = {"maxcor": 7, "maxiter": 12, "ftol": 0.0, "gtol": 0.0}
    optimize.minimize(J, θ, jac=True, method="L-BFGS-B", callback=keep, options=options)
    assert len(points) == 12
    for epoch, point in zip(found, points, strict=True):
        assert np.allclose(tree.flatten(epoch.params)[0], point, rtol=1e-12, atol=1e-12)
    assert found[-1].cost < found[0].cost


def test_lbfgs_stays_where_it_found_the_best() -> None:
    pytest.importorskip("scipy")
    params = nn.init((2, 1), output="identity", dtype=np.float64)
    X = np.random.default_rng(0).normal(size=(2, 20))
    data = nn.Dataset(X, np.array([[3.0, -2.0]]) @ X + 1)
    found = list(nn.train(params, data, learning_rate=1, epochs=200, optimizer="lbfgs"))
    assert found[-1].steps == 0
    assert np.allclose(found[-1].params.layers[0].W, [[3, -2]])


def test_nothing_goes_on_when_nobody_asks_lbfgs_for_more() -> None:
    pytest.importorskip("scipy")
    import threading

    params = small(2)
    X, Y = batch(params, 20)
    nn.gradient(params, X, Y)  # whose helpers stay
    before = threading.active_count()
    training = iter(nn.train(params, nn.Dataset(X, Y.argmax(axis=0)), learning_rate=1, epochs=9, optimizer="lbfgs"))
    next(training)
    assert threading.active_count() > before, "the method runs in a thread, which is to end"
    del training
    for _ in range(100):
        if threading.active_count() == before:
            return
        threading.Event().wait(0.02)
    raise AssertionError(threading.enumerate())


RATES = {
    "descent": 0.1,
    "momentum": 0.1,
    "nesterov": 0.1,
    "rmsprop": 0.001,
    "adam": 0.001,
    "adamw": 0.001,
    "lbfgs": 1.0,
}


@pytest.mark.parametrize("name", RATES)
def test_each_optimizer_has_a_learning_rate_by_default(name: OptimizerName) -> None:
    if name == "lbfgs":
        pytest.importorskip("scipy")
    params = small(2)
    X, Y = batch(params, 40)
    rates: list[dict[str, Any]] = [{}, {"learning_rate": RATES[name]}]
    runs = [nn.train(params, nn.Dataset(X, Y), epochs=2, optimizer=name, **rate) for rate in rates]
    (*_, one), (*_, other) = runs
    assert leaves_equal(one.params, other.params)
    assert one.state.origin.settings == other.state.origin.settings


class Signed:
    """An optimizer of a user's: θ ← θ − α sign(g)."""

    def init(self, params: nn.Params) -> nn.OptimizerState:  # noqa: ARG002
        return nn.OptimizerState()

    def step(
        self, params: nn.Params, grads: nn.Grads, state: nn.OptimizerState, learning_rate: Any
    ) -> tuple[nn.Params, nn.OptimizerState]:
        return nn.update(params, tree.map(np.sign, grads), learning_rate), state


def test_an_optimizer_of_a_user_has_no_learning_rate_by_default() -> None:
    params = small(2)
    X, Y = batch(params, 40)
    with pytest.raises(nn.SettingError) as caught:
        nn.train(params, nn.Dataset(X, Y), epochs=2, optimizer=Signed())
    assert str(caught.value) == (
        "train: learning rate must be given with a custom optimizer; got none for Signed. Pass learning_rate=0.1?"
    )
    *_, last = nn.train(params, nn.Dataset(X, Y), epochs=2, optimizer=Signed(), learning_rate=0.01)
    assert last.cost < nn.evaluate(params, nn.Dataset(X, Y)).cost


untyped: Any = nn  # a checker sees that numbers have names

BAD: list[tuple[Callable[[], object], str]] = [
    (
        lambda: untyped.Adam(0.001),
        "Adam: beta_1 must be given by its name; got 0.001. Pass beta_1=0.001, or, for the learning rate, "
        "nn.train(…, learning_rate=0.001)?",
    ),
    (
        lambda: untyped.GradientDescent(0.1),
        "GradientDescent: it must have at most 0 numbers; got (0.1,). "
        "Pass, for the learning rate, nn.train(…, learning_rate=0.1)?",
    ),
    (lambda: nn.Momentum(momentum=1.0), "Momentum: momentum must be 0 or more and below 1; got 1.0."),
    (lambda: nn.Adam(beta_2=-0.1), "Adam: beta_2 must be 0 or more and below 1; got -0.1."),
    (lambda: nn.Adam(epsilon=0), "Adam: epsilon must be a finite number above 0; got 0."),
    (lambda: nn.RMSProp(decay=float("nan")), "RMSProp: decay must be 0 or more and below 1; got nan."),
    (lambda: nn.AdamW(weight_decay=-1), "AdamW: weight_decay must be 0 or more and a finite number; got -1."),
    (lambda: nn.LBFGS(history=0), "LBFGS: history must be a whole number from 1; got 0."),
]


@pytest.mark.parametrize(("make", "message"), BAD, ids=[message for _, message in BAD])
def test_numbers_out_of_range_are_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(nn.SettingError) as caught:
        make()
    assert str(caught.value) == message
