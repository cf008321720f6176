"""The two estimators, with scikit-learn's names and meanings."""

from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.metrics import accuracy_score, r2_score
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets, type_of_target, unique_labels
from sklearn.utils.validation import column_or_1d

from nnfunc.activations import OutputName
from nnfunc.base.array import Array
from nnfunc.data import Dataset
from nnfunc.sklearn.base import MLP
from nnfunc.sklearn.coefficients import rows_of
from nnfunc.sklearn.settings import is_stochastic


class MLPClassifier(ClassifierMixin, MLP):
    """A classifier with one class or several labels for each sample, like scikit-learn's `MLPClassifier`.

    Sample weights are relative to their mean over all samples, not over those of a mini-batch. A changed learning rate
    also scales the momentum of earlier steps (as in PyTorch).

    In addition to scikit-learn's parameters: `activation` may be one for each hidden layer (leaky_relu and elu, too),
    `solver` an optimizer of `nn.train`, by name or as an object; `dropout` is the share of the hidden nodes that a step
    drops; `class_weight` is "balanced" or a weight for each class. `fit` also takes validation data, whose losses are
    in `validation_loss_curve_`.

    Raises:
        ValueError: in `fit`: a parameter is out of range, or as in scikit-learn.
    """

    classes_: Array
    _is_numeric = False
    _declared: Array | None = None

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
        class_weight: Any = None,
    ) -> None:
        super().__init__(
            **{name: value for name, value in locals().items() if name not in ("self", "class_weight", "__class__")}
        )
        self.class_weight = class_weight

    @available_if(is_stochastic)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None) -> "MLPClassifier":
        """Train one more epoch, on these samples.

        Args:
            X: rows of samples.
            y: their classes or labels.
            sample_weight: weight of each sample, 0 or more.
            classes: all classes; required in the first call.

        Returns:
            The estimator itself.

        Raises:
            ValueError: classes are missing in the first call, or differ from those of the first call; or as in `fit`.
        """
        if not hasattr(self, "classes_") and classes is None:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        if classes is not None:
            declared = unique_labels(classes)
            if not hasattr(self, "classes_"):
                self._declared = declared
            elif not np.array_equal(self.classes_, declared):
                raise ValueError(f"classes must be those of the first call, {self.classes_}; got {declared}.")
        if self.class_weight == "balanced":
            raise ValueError(
                "class_weight must be numbers in partial_fit, which does not see all samples; got 'balanced'. Pass "
                "sample_weight?"
            )
        try:
            return self._partial_fit(X, y, sample_weight)
        finally:
            self._declared = None

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class, or label, for each row."""
        A = self._outputs_of(X)
        if A.shape[1] > 1 or self._is_multilabel:
            return A
        return np.hstack([1 - A, A])[:, : len(self.classes_)] if len(self.classes_) > 1 else np.ones_like(A)

    def predict_log_proba(self, X: Any) -> Array:
        """Return the logarithms of `predict_proba`."""
        with np.errstate(divide="ignore"):
            log: Array = np.log(self.predict_proba(X))
        return log

    def _named(self, A: Array) -> Array:
        """Convert outputs, a row for each sample, to classes or labels."""
        if self._is_multilabel:
            return (A > 0.5).astype(int)
        chosen = A.argmax(axis=1) if A.shape[1] > 1 else np.minimum(A[:, 0] > 0.5, len(self.classes_) - 1)
        named: Array = self.classes_[chosen.astype(int)]
        return named

    def _known(self, y: Any, *, begins: bool, name: str = "y") -> Array:
        """Validate classes, or indicators of labels; when training continues, they must be known ones."""
        check_classification_targets(y)
        is_multilabel = type_of_target(y).startswith("multilabel")
        known: Array = rows_of(y) if is_multilabel else column_or_1d(y, warn=True)
        found: Array = np.arange(len(known.T)) if is_multilabel else unique_labels(known)
        if begins or not hasattr(self, "classes_"):
            self.classes_, self._is_multilabel = found if self._declared is None else self._declared, is_multilabel
        elif self.warm_start and name == "y" and not np.array_equal(found, self.classes_):
            raise ValueError(
                f"warm_start can only be used where `y` has the same classes as in the previous call to fit. "
                f"Previously got {self.classes_}, `y` has {found}"
            )
        others = np.setdiff1d(found, self.classes_)
        if len(others):
            raise ValueError(f"`{name}` must have classes of {self.classes_}; got {others} as well.")
        return known

    def _targets(self, y: Array, dtype: Any) -> Array:
        """Return class numbers, or a column of labels for each sample."""
        return y.T.astype(dtype) if self._is_multilabel else np.searchsorted(self.classes_, y).astype(np.intp)

    def _outputs(self, data: Dataset) -> tuple[int, OutputName]:
        """Return the number of outputs, one for two classes, and the name of the output activation."""
        if self._is_multilabel:
            return len(data.y), "sigmoid"
        return (len(self.classes_), "softmax") if len(self.classes_) > 2 else (1, "sigmoid")

    def _weights(self, X: Array, y: Array, sample_weight: Any) -> Array | None:
        weights = super()._weights(X, y, sample_weight)
        if self.class_weight is None:
            return weights
        of_classes: Array = compute_sample_weight(self.class_weight, y).astype(X.dtype)
        return of_classes if weights is None else weights * of_classes

    def _strata(self, y: Array) -> Array | None:
        return None if self._is_multilabel else y

    def _score(self, y: Array, found: Array, weights: Array | None) -> float:
        return float(accuracy_score(y, found, sample_weight=weights))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


class MLPRegressor(RegressorMixin, MLP):
    """A regressor with one or several values for each sample, like scikit-learn's `MLPRegressor` with squared errors.

    In addition to scikit-learn's parameters: `activation` may be one for each hidden layer (leaky_relu and elu, too),
    `solver` an optimizer of `nn.train`, by name or as an object; `dropout` is the share of the hidden nodes that a step
    drops. `fit` also takes validation data, whose losses are in `validation_loss_curve_`.

    Raises:
        ValueError: in `fit`: a parameter is out of range, or as in scikit-learn.
    """

    _is_numeric = True

    @available_if(is_stochastic)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> "MLPRegressor":
        """Train one more epoch, on these samples.

        Args:
            X: rows of samples.
            y: their values.
            sample_weight: weight of each sample, 0 or more.

        Returns:
            The estimator itself.

        Raises:
            ValueError: as in `fit`.
        """
        return self._partial_fit(X, y, sample_weight)

    def _named(self, A: Array) -> Array:
        return A if A.shape[1] > 1 else A[:, 0]

    def _known(self, y: Any, *, begins: bool, name: str = "y") -> Array:  # noqa: ARG002
        y = y if y.dtype.kind == "f" else y.astype(np.float64)
        return column_or_1d(y, warn=begins) if y.ndim == 2 and y.shape[1] == 1 else y

    def _targets(self, y: Array, dtype: Any) -> Array:
        """Return a column of values for each sample."""
        return np.atleast_2d(y.T).astype(dtype)

    def _outputs(self, data: Dataset) -> tuple[int, OutputName]:
        return len(data.y), "identity"

    def _score(self, y: Array, found: Array, weights: Array | None) -> float:
        return float(r2_score(y, found, sample_weight=weights)) if np.isfinite(found).all() else float("nan")
