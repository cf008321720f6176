"""The training of an estimator: it runs epochs of `nn.train`, records losses and scores, and decides when to stop."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from nnfunc.base.array import Array
from nnfunc.data import Dataset
from nnfunc.model.params import Params
from nnfunc.optimizers import OptimizerState
from nnfunc.sklearn.progress import DIVISOR, SMALLEST, Progress
from nnfunc.sklearn.settings import is_stochastic, solver_of
from nnfunc.tiling.evaluation import evaluate
from nnfunc.training.steps.divergence import DivergedError
from nnfunc.training.steps.settings import Settings
from nnfunc.training.train import Training, begun, trained

NOT_FINITE = (
    "Solver produced non-finite parameter weights. The input data may contain large values and need to be preprocessed."
)


@dataclass
class Fit:
    """A call of `fit` or `partial_fit`.

    Attributes:
        estimator: its parameters configure the training.
        params: the current parameters; at first those to start from.
        data: training samples, one per column.
        weights: weight of each sample.
        progress: losses and scores so far.
        seed: of the shuffling and of dropout.
        validation: held-out samples.
        score: params → their score on the held-out samples: higher is better.
        is_whole: whether this is `fit`, not one more epoch of `partial_fit`.
        seen: number of samples seen so far, over all epochs.
        remembered: to continue from: the solver, its state, and the random state of the shuffling after the last epoch.
        iterations: number of epochs in this call.
        rate: the learning rate, as far as an adaptive one has fallen; None: `learning_rate_init`.
    """

    estimator: Any
    params: Params
    data: Dataset
    weights: Array | None
    progress: Progress
    seed: int
    validation: Dataset | None = None
    score: Callable[[Params], float] | None = None
    is_whole: bool = True
    seen: int = 0
    remembered: tuple[str, OptimizerState, str] | None = None
    iterations: int = 0
    rate: float | None = None

    def epochs(self, count: int) -> Training:
        """Return an iterator of at most `count` epochs."""
        estimator, method = self.estimator, solver_of(self.estimator)
        size, m = estimator.batch_size, self.data.m
        batch = min(200 if size == "auto" else int(size), m) if hasattr(method, "step") else None
        if batch and size != "auto" and size > m:
            warnings.warn(f"batch_size must be at most the {m} samples; got {size}, which is clipped", stacklevel=3)
        share = 1.0 if self.weights is None else float(np.mean(self.weights, dtype=np.float64))
        if not 0 < share < np.inf:
            raise ValueError("The weights of the samples must be finite and not all zero.")
        self.l2 = estimator.alpha / (share * (batch or m))
        settings = Settings(
            epochs=count,
            batch=batch,
            optimizer=method,
            learning_rate=(lambda _: self._now) if batch else None,  # set before each epoch
            l2=self.l2,
            dropout=estimator.dropout,
            sample_weights=self.weights,
            shuffle=estimator.shuffle,
            running_cost=True,
            seed=self.seed,
        )
        resume = None
        if self.remembered is not None and self.remembered[0] == repr(method):
            _, optimizer, shuffling = self.remembered
            resume = replace(begun(self.params, self.data, settings), optimizer=optimizer, shuffling=shuffling)
        return trained(self.params, self.data, settings, resume=resume)

    def run(self, count: int, each: Callable[[], bool]) -> None:
        """Train until nothing improves, or `each`, called after each epoch, returns True; at most `count` epochs.

        Raises:
            ValueError: the parameters are no longer finite.
        """
        estimator, progress = self.estimator, self.progress
        self.rate = float(estimator.learning_rate_init) if self.rate is None else self.rate
        self._now = self.rate if self.is_whole else self._rate_at(self.seen)
        training = self.epochs(count)
        try:
            for epoch in training:
                if epoch.steps == 0:  # L-BFGS has ended
                    if not training.has_converged:
                        self._warn(f"max_fun ({estimator.max_fun})")
                    break
                self.params, self.iterations = epoch.params, self.iterations + 1
                self.remembered = repr(solver_of(estimator)), epoch.state.optimizer, epoch.state.shuffling
                self.seen += self.data.m
                self._look_at_losses(epoch.running_cost)
                if each() or (is_stochastic(estimator) and self._has_had_enough()):
                    break
                self._now = self._rate_at(self.seen)
            else:
                if self.is_whole:
                    self._warn(f"Maximum iterations ({count})")
        except DivergedError as error:
            if not progress.by_score:
                raise ValueError(NOT_FINITE) from error
            progress.note_score(float("nan"), self.params)
        except KeyboardInterrupt:
            warnings.warn("Training interrupted by user.", stacklevel=4)

    def _warn(self, limit: str) -> None:
        warnings.warn(
            f"{limit} reached and the optimization hasn't converged yet.",
            ConvergenceWarning,
            stacklevel=5,
        )

    def _look_at_losses(self, loss: float | None) -> None:
        """Record losses and score.

        With mini-batches, the training loss is the mean over the samples, each before its step, as in scikit-learn.

        Raises:
            DivergedError: the loss is not finite.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            if loss is None:
                shares = None if self.weights is None else self.weights / np.mean(self.weights, dtype=np.float64)
                weights = None if shares is None else shares.astype(self.params.dtype)
                loss = evaluate(self.params, self.data, weights=weights).cost
            cost = loss + self.l2 / 2 * sum(float(np.sum(layer.W**2)) for layer in self.params.layers)
            if self.validation is not None:
                self.progress.validation_losses.append(evaluate(self.params, self.validation).cost)
        self.progress.note_loss(cost)
        if not np.isfinite(cost):
            raise DivergedError(NOT_FINITE, self.iterations, 1, self.params)
        if self.progress.by_score and self.score is not None:
            self.progress.note_score(self.score(self.params), self.params)

    def _rate_at(self, seen: int) -> float:
        """Return the learning rate after this many samples."""
        estimator = self.estimator
        falls = estimator.solver == "sgd" and estimator.learning_rate == "invscaling" and seen
        rate = self.rate or 0.0
        return float(rate / (seen + 1) ** estimator.power_t) if falls else rate

    def _has_had_enough(self) -> bool:
        """Return whether nothing has improved for too long; an adaptive learning rate is lowered first."""
        if self.progress.since <= self.estimator.n_iter_no_change:
            return False
        is_adaptive = self.estimator.solver == "sgd" and self.estimator.learning_rate == "adaptive"
        if not is_adaptive or self.rate is None or self.rate <= SMALLEST:
            return True
        self.rate /= DIVISOR
        self.progress.since = 0
        return False
