"""L-BFGS: steps on all samples, in directions that depend on previous gradients, with lengths found by line search.

The method is that of `scipy.optimize` (extra `scipy`), which runs in a thread, one iteration at a time.
"""

import contextvars
import threading
from collections.abc import Generator
from dataclasses import dataclass, field
from functools import partial
from queue import SimpleQueue
from typing import Any, ClassVar

import numpy as np

from nnfunc.base.array import Array
from nnfunc.base.errors import SettingError
from nnfunc.base.interrupts import DelayedInterrupts
from nnfunc.base.validation import Numbers, number, passes, whole_number
from nnfunc.model.params import Params
from nnfunc.optimizers import OptimizerState, plus_l2
from nnfunc.tracing import tree
from nnfunc.training.states import State
from nnfunc.training.steps.divergence import are_finite, step_diverged
from nnfunc.training.steps.recipe import Descent, after


@dataclass(frozen=True, kw_only=True)
class LBFGS(Numbers):
    """The limited-memory BFGS optimizer (Liu, Nocedal 1989), for full batches; float64 networks get further with it.

    It finds the length of each step by itself: the learning rate must be 1. An epoch is one iteration, which may take
    several gradients; when it has converged, or finds no better point, the parameters stay unchanged, and the epoch has
    no step.
    """

    history: int = field(default=10, metadata=passes(whole_number))
    """The number of previous gradients that are kept."""
    gradient_tolerance: float = field(default=0.0, metadata=passes(number))
    """It has converged when no entry of the gradient is larger."""
    cost_tolerance: float = field(default=0.0, metadata=passes(number))
    """It has converged when the relative decrease of the cost is smaller."""
    most_gradients: int = field(default=2**31 - 1, metadata=passes(whole_number))
    """It ends after this many gradients."""

    resumes: ClassVar[bool] = False

    def init(self, params: Params) -> OptimizerState:  # noqa: ARG002
        """Return an empty state: SciPy keeps the actual one."""
        return OptimizerState()

    def refuse(self, settings: Any) -> None:
        """Raise if the settings change the cost from step to step, or give the length of steps.

        Raises:
            SettingError: they do.
        """
        if settings.batch is not None:
            raise SettingError(
                f"train: L-BFGS must see all samples in each step; got batches of {settings.batch}. "
                f"Use batch=None, or --batch full?"
            )
        if settings.learning_rate != 1:
            raise SettingError(
                f"train: learning rate must be 1 with L-BFGS, which finds the length of its steps; "
                f"got {settings.learning_rate!r}."
            )
        if settings.clip is not None or settings.shares:
            raise SettingError("train: L-BFGS must have the same cost in each step; got dropout or clip. Leave it out?")

    def descent(self, full: Any) -> "Iterations":
        """Return a descent of one iteration per epoch, by the gradients of `full`, a `FullBatch`."""
        return Iterations(full, self)


FROM_ITS_BEGINNING = "train: L-BFGS must run from its beginning; got a resumed run. Start a new one?"
"""The error for a resumed run: SciPy does not expose its state."""


class Iterations(Descent):
    """A descent of one iteration of L-BFGS per epoch."""

    def __init__(self, full: Any, method: LBFGS) -> None:
        """Use the gradients of `full`, a `FullBatch`."""
        self.full, self.method = full, method
        self.points: Generator[Array, None, bool] | None = None

    @property
    def progress(self) -> float:  # type: ignore[override]
        """The share of the samples that have been used, 0..1."""
        return float(min(self.full.progress, 1.0))

    def epoch(self, now: State) -> tuple[State, int]:
        """Run an iteration, and return the state after it and the number of its steps, 0 or 1."""
        θ, unflatten = tree.flatten(now.params)
        if self.points is None:
            if now.epoch:
                raise SettingError(FROM_ITS_BEGINNING)
            self.points = iterates(partial(_cost, self.full, unflatten, θ.dtype), θ.astype(np.float64), self.method)
        with np.errstate(over="ignore", invalid="ignore"):
            try:
                new = next(self.points)
            except StopIteration as end:
                self.has_converged = self.has_converged or bool(end.value)
                return after(now, now.params, now.optimizer), 0
        params = unflatten(new.astype(θ.dtype))
        if not are_finite(tree.leaves(params)):
            raise step_diverged(now.epoch + 1, 1, now.params)
        return after(now, params, now.optimizer), 1


def _cost(full: Any, unflatten: Any, dtype: Any, θ: Array) -> tuple[float, Array]:
    """Compute J with its penalty, and its gradient, at a vector of parameters."""
    full.used.clear()
    params, λ = unflatten(θ.astype(dtype)), full.settings.l2
    J, grads = full.gradient(1, params)
    penalty = λ / 2 * sum(float(np.sum(layer.W**2)) for layer in params.layers)
    g, _ = tree.flatten(plus_l2(grads, params, λ) if λ else grads)
    return J + penalty, g.astype(np.float64)


def iterates(J: Any, θ: Array, method: LBFGS) -> Generator[Array, None, bool]:
    """Yield the points of L-BFGS, one after the other; return whether it converged; if not, it reached a limit.

    Raises:
        SettingError: SciPy is not installed.
    """
    try:
        from scipy import optimize
    except ImportError as error:
        raise SettingError("LBFGS: scipy must be installed; got none. pip install 'nnfunc[scipy]'") from error
    minimize: Any = optimize.minimize
    points, asked, over = SimpleQueue[Any](), threading.Semaphore(0), threading.Event()

    def found(intermediate_result: Any) -> None:
        points.put(intermediate_result.x.copy())
        asked.acquire()
        if over.is_set():
            raise StopIteration

    def search() -> None:
        asked.acquire()
        try:
            if not over.is_set():
                tolerances = {"gtol": method.gradient_tolerance, "ftol": method.cost_tolerance}
                options = {"maxcor": method.history, "maxiter": 10**9, "maxfun": method.most_gradients, **tolerances}
                points.put(minimize(J, θ, jac=True, method="L-BFGS-B", callback=found, options=options).status == 0)
        except BaseException as error:  # raised again in the requesting thread
            points.put(error)

    with DelayedInterrupts():  # in a copy of this context, for np.errstate
        threading.Thread(target=contextvars.copy_context().run, args=(search,), daemon=True).start()
    try:
        while True:
            asked.release()
            point = points.get()
            if isinstance(point, BaseException):
                raise point
            if isinstance(point, bool):
                return point
            yield point
    finally:
        over.set()
        asked.release()
