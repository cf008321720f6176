"""The base class of both estimators: parameters, fitting, and rows of samples turned into columns and back."""

from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.validation import (
    _check_sample_weight,  # pyright: ignore[reportPrivateUsage]
    check_is_fitted,
    validate_data,
)

from nnfunc.activations import OutputName
from nnfunc.base.array import Array
from nnfunc.data import Dataset
from nnfunc.model.params import Params
from nnfunc.network import init
from nnfunc.sklearn.callbacks import CallbackSupport, with_callbacks
from nnfunc.sklearn.coefficients import coefficients_of, network_of, rows_of
from nnfunc.sklearn.fitting import Fit
from nnfunc.sklearn.progress import Progress
from nnfunc.sklearn.settings import activations_of, check_numbers, hidden_of, is_stochastic
from nnfunc.tiling.prediction import probabilities

DTYPES = (np.float64, np.float32)
"""The dtypes of networks; samples of another dtype are converted to the first."""


class MLP(CallbackSupport, BaseEstimator, ABC):
    """The base class of both estimators."""

    # the parameters that are read in this module; the constructor sets all at once
    hidden_layer_sizes: Any
    activation: Any
    max_iter: int
    random_state: Any
    tol: float
    verbose: bool
    warm_start: bool
    early_stopping: bool
    validation_fraction: float
    # the learned attributes, as `coefficients_of` names them
    coefs_: list[Array]
    intercepts_: list[Array]
    out_activation_: str
    n_layers_: int
    n_outputs_: int
    _is_numeric: bool

    @abstractmethod
    def _known(self, y: Any, *, begins: bool, name: str = "y") -> Array:
        """Validate y and return it as an array; when training continues, y must fit what is known."""

    @abstractmethod
    def _targets(self, y: Array, dtype: Any) -> Array:
        """Encode validated y for a network: a column of targets for each sample, or a class number."""

    @abstractmethod
    def _outputs(self, data: Dataset) -> tuple[int, OutputName]:
        """Return the number of outputs and the name of the output activation."""

    def _strata(self, y: Array) -> Array | None:  # noqa: ARG002
        """Return the classes by which held-out samples are stratified, or None."""
        return None

    @abstractmethod
    def _named(self, A: Array) -> Array:
        """Convert outputs, a row for each sample, to predictions."""

    @abstractmethod
    def _score(self, y: Array, found: Array, weights: Array | None) -> float:
        """Return the score of the predictions `found`: higher is better."""

    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: Any = "relu",
        *,
        solver: Any = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
        dropout: Any = 0.0,
    ) -> None:
        vars(self).update({name: value for name, value in locals().items() if name != "self"})

    @with_callbacks
    def fit(self, X: Any, y: Any, sample_weight: Any = None, *, X_val: Any = None, y_val: Any = None) -> Any:
        """Fit the network to rows of samples.

        Args:
            X: samples, m×n, dense or sparse, or a data frame.
            y: m classes or values, or m×k labels or values.
            sample_weight: weight of each sample, 0 or more.
            X_val: held-out samples for `validation_loss_curve_`, and for early stopping instead of a part of X.
            y_val: the y of X_val.

        Returns:
            The estimator itself.

        Raises:
            ValueError: as in scikit-learn; or the weights are no longer finite.
        """
        context = self._init_callback_context(max_subtasks=None)
        context.call_on_fit_task_begin(estimator=self, X=X, y=y)
        self._fit(X, y, sample_weight, (X_val, y_val), context)
        context.call_on_fit_task_end(estimator=self, X=X, y=y)
        return self

    def _partial_fit(self, X: Any, y: Any, sample_weight: Any) -> Self:
        if self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True")
        self._fit(X, y, sample_weight, (None, None), None)
        return self

    def _fit(self, X: Any, y: Any, sample_weight: Any, validation: tuple[Any, Any], context: Any) -> None:
        """Fit the network; if that raises, restore the estimator as it was."""
        before = dict(self.__dict__)
        try:
            self._learn(X, y, sample_weight, validation, context)
        except BaseException:
            vars(self).clear()
            vars(self).update(before)
            raise

    def _learn(self, X: Any, y: Any, sample_weight: Any, validation: tuple[Any, Any], context: Any) -> None:
        """Fit the network; without a callback context (in partial_fit), continue the training for one epoch."""
        check_numbers(self)
        is_whole = context is not None
        begins = not hasattr(self, "coefs_") or (is_whole and not self.warm_start)
        samples, answers = self._validated(X, y, DTYPES if begins else self.coefs_[0].dtype, reset=begins)
        targets, random = self._known(answers, begins=begins), check_random_state(self.random_state)
        weights = self._weights(samples, targets, sample_weight)
        rows, held_out, X_val, y_val = self._split(samples, targets, validation, random)
        data = Dataset(samples[rows].T, self._targets(targets[rows], samples.dtype))
        seed = int(random.randint(2**31 - 1))
        params = self._begun(data, seed) if begins else network_of(self)
        progress = (None if begins else getattr(self, "_progress", None)) or Progress(0, by_score=False)
        progress.tol, progress.by_score = self.tol, self._stops_early
        kept = {} if begins or is_whole else vars(self)
        fit = Fit(
            self,
            params,
            data,
            None if weights is None else weights[rows],
            progress,
            seed,
            is_whole=is_whole,
            seen=0 if begins else self.t_,
            remembered=kept.get("_remembered"),
            rate=kept.get("_rate"),
        )
        if X_val is not None:
            fit.validation = Dataset(X_val.T, self._targets(y_val, samples.dtype))
            of_held_out = weights[held_out] if weights is not None and len(held_out) else None
            fit.score = lambda params: self._score(y_val, self._named(self._raw(params, X_val)), of_held_out)
        fit.run(int(self.max_iter) if is_whole else 1, lambda: self._told(fit, context, samples, targets))
        self._keep(fit, progress.best if self._stops_early else None)

    @property
    def _stops_early(self) -> bool:
        return bool(self.early_stopping) and is_stochastic(self)

    def _validated(self, X: Any, y: Any, dtype: Any, *, reset: bool) -> tuple[Array, Any]:
        """Validate samples and y with scikit-learn; return the samples as dense rows, and y."""
        found: tuple[Any, Any] = validate_data(
            self,
            X,
            y,
            accept_sparse=("csr", "csc"),
            multi_output=True,
            dtype=dtype,
            reset=reset,
            y_numeric=self._is_numeric,
        )
        return rows_of(found[0]), found[1]

    def _split(self, X: Array, y: Array, validation: tuple[Any, Any], random: Any) -> tuple[Any, Any, Any, Any]:
        """Return the rows to train on, the rows held out, and X and y for validation: given, held out, or None."""
        given, answers = validation
        if (given is None) != (answers is None):
            raise ValueError("X_val and y_val must be given together; got one of them.")
        if given is not None:
            X_val, y_val = self._validated(given, answers, X.dtype, reset=False)
            return slice(None), [], X_val, self._known(y_val, begins=False, name="y_val")
        if not self._stops_early:
            return slice(None), [], None, None
        rows, held_out = train_test_split(
            np.arange(len(X)), random_state=random, test_size=self.validation_fraction, stratify=self._strata(y)
        )
        if len(held_out) < 2:
            raise ValueError(
                "The validation set is too small. Increase 'validation_fraction' or the size of your dataset."
            )
        return rows, held_out, X[held_out], y[held_out]

    def _weights(self, X: Array, y: Array, sample_weight: Any) -> Array | None:  # noqa: ARG002
        """Return the weight of each sample, or None."""
        if sample_weight is None:
            return None
        weights: Array = _check_sample_weight(sample_weight, X, dtype=X.dtype, ensure_non_negative=True)
        if not weights.any():
            raise ValueError("sample_weight must be above 0 for at least one sample; got all zeros.")
        return weights

    def _begun(self, data: Dataset, seed: int) -> Params:
        """Initialize a network for the samples."""
        hidden = hidden_of(self.hidden_layer_sizes)
        outputs, output = self._outputs(data)
        return init(
            (data.X.shape[0], *hidden, outputs),
            activation=activations_of(self.activation, len(hidden)),
            output=output,
            seed=seed,
            dtype=data.X.dtype,
        )

    def _told(self, fit: Fit, context: Any, X: Array, y: Array) -> bool:
        """Report the end of an epoch, in print and to callbacks; return whether a callback asks to stop."""
        if self.verbose:
            print(f"Iteration {fit.iterations}, loss = {fit.progress.losses[-1]:.8f}")
            if fit.progress.by_score:
                print(f"Validation score: {fit.progress.scores[-1]:f}")
        if context is None:
            return False
        epoch = context.subcontext(task_name="epoch")
        epoch.call_on_fit_task_begin(estimator=self, X=X, y=y)
        learnt = coefficients_of(fit.params)
        return bool(epoch.call_on_fit_task_end(estimator=self, X=X, y=y, reconstruction_attributes=lambda: learnt))

    def _keep(self, fit: Fit, best: Params | None) -> None:
        """Set the learned attributes, under scikit-learn's names."""
        progress = fit.progress
        vars(self).update(coefficients_of(best or fit.params))
        self.n_iter_, self.t_ = fit.iterations, fit.seen
        self.loss_ = progress.losses[-1] if progress.losses else float("nan")
        self.loss_curve_, self.validation_loss_curve_ = progress.losses, progress.validation_losses or None
        self.best_loss_ = None if progress.by_score else progress.best_loss
        self.validation_scores_ = progress.scores if progress.by_score else None
        self.best_validation_score_ = progress.best_score if progress.by_score else None
        self._progress, self._no_improvement_count = progress, progress.since
        self._remembered, self._rate = fit.remembered, fit.rate

    def _outputs_of(self, X: Any) -> Array:
        """Return A[L] for rows of samples, with a row for each."""
        check_is_fitted(self)
        samples = rows_of(validate_data(self, X, accept_sparse=("csr", "csc"), dtype=DTYPES, reset=False))
        params = network_of(self)
        return self._raw(params, samples.astype(params.dtype, copy=False))

    def predict(self, X: Any) -> Array:
        """Return the class or labels of each row, or its values; a 1-d array if each row has one value."""
        return self._named(self._outputs_of(X))

    def _raw(self, params: Params, X: Array) -> Array:
        with np.errstate(over="ignore", invalid="ignore"):
            return probabilities(params, X.T).T

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
