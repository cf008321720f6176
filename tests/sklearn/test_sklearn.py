"""The estimators as scikit-learn's users know them: its own checks, its own tests, and what these do not look at."""

import importlib.util
import os
import pickle
import re
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from tests.networks import leaves_equal

pytest.importorskip("sklearn")

from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from nnfunc.sklearn import MLPClassifier, MLPRegressor
from tests.places import ROOT

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

TRAINING, TEST = nn.load_mnist()
X, y = (TRAINING.X[:, :600].T / 255).astype(np.float32), TRAINING.y[:600]

RIGHTLY = {
    "test_gradient": "it calls a private method that computes the loss",
    "test_learning_rate_warmstart": "it looks into the private object that holds the learning rate",
    "test_adaptive_learning_rate": "it looks into the private object that holds the learning rate",
    "test_early_stopping_stratified": "it wants to be told of a class 'True' where the class is 1; here it is told of 1",
    "test_mlp_vs_poisson_glm_equivalent": "there is no Poisson loss",
}
"""scikit-learn's own tests of its MLP that fail here, and why that is right."""


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks([MLPClassifier(max_iter=100), MLPRegressor(max_iter=100)])
def test_scikit_learns_own_checks(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.mark.slow
def test_scikit_learns_own_tests_of_its_mlp(tmp_path: Path) -> None:
    found = importlib.util.find_spec("sklearn.neural_network")
    assert found is not None
    assert found.origin is not None
    file = Path(found.origin).parent / "tests" / "test_mlp.py"
    (tmp_path / "swapped.py").write_text(
        "import pytest, sklearn.neural_network as theirs, nnfunc.sklearn as ours\n"
        "theirs.MLPClassifier, theirs.MLPRegressor = ours.MLPClassifier, ours.MLPRegressor\n"
    )
    command = [sys.executable, "-m", "pytest", "-p", "swapped", "-p", "no:cacheprovider", "-rfE", "-q", "--tb=no"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    run = subprocess.run(
        [*command, "-c", os.devnull, "--rootdir", str(file.parent), "-W", "ignore", str(file)],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    failed = {line.split("::")[1].split()[0].partition("[")[0] for line in run.stdout.splitlines() if "::" in line}
    assert failed <= set(RIGHTLY), run.stdout
    (passed,) = re.findall(r"(\d+) passed", run.stdout)
    assert int(passed) >= 48


def test_the_classifier_is_the_training_of_the_library() -> None:
    fitted = MLPClassifier((12,), "tanh", batch_size=50, max_iter=3, random_state=7, alpha=0.5).fit(X, y)
    seed = int(np.random.RandomState(7).randint(2**31 - 1))
    params = nn.init((784, 12, 10), activation="tanh", seed=seed)
    data = nn.Dataset(X.T, y)
    *_, last = nn.train(
        params,
        data,
        batch=50,
        epochs=3,
        optimizer="adam",
        learning_rate=0.001,
        l2=0.5 / 50,
        seed=seed,
        running_cost=True,
    )
    for coef, intercept, layer in zip(fitted.coefs_, fitted.intercepts_, last.params.layers, strict=True):
        assert np.array_equal(coef, layer.W.T)
        assert np.array_equal(intercept, layer.b[:, 0])
    assert last.running_cost is not None
    penalty = 0.5 / 50 / 2 * sum(float(np.sum(layer.W**2)) for layer in last.params.layers)
    assert fitted.loss_ == pytest.approx(last.running_cost + penalty, rel=1e-6)
    assert (fitted.n_iter_, fitted.t_, fitted.n_layers_, fitted.n_outputs_) == (3, 1800, 3, 10)
    assert np.array_equal(fitted.predict(X), nn.predict(last.params, X.T))
    assert np.array_equal(fitted.predict_proba(X), nn.probabilities(last.params, X.T).T)


def test_what_it_can_do_beyond_scikit_learns() -> None:
    fitted = MLPClassifier(
        (16, 8), ("leaky_relu", "elu"), solver=nn.RMSProp(), dropout=(0.2, 0.0), class_weight="balanced", max_iter=8,
        learning_rate_init=0.003, random_state=0,
    ).fit(X, y, X_val=TEST.X.T[:200] / 255, y_val=TEST.y[:200])  # fmt: skip
    assert len(fitted.loss_curve_) == 8
    assert fitted.validation_loss_curve_ is not None
    assert len(fitted.validation_loss_curve_) == 8
    assert fitted.score(TEST.X.T[:200] / 255, TEST.y[:200]) > 0.6
    assert fitted.validation_scores_ is None


def test_early_stopping_takes_the_validation_set_of_the_user() -> None:
    fitted = MLPClassifier((30,), early_stopping=True, max_iter=60, n_iter_no_change=3, random_state=0)
    fitted.fit(X, y, X_val=TEST.X.T[:300] / 255, y_val=TEST.y[:300])
    assert fitted.validation_scores_ is not None
    assert fitted.best_validation_score_ == max(fitted.validation_scores_)
    assert fitted.score(TEST.X.T[:300] / 255, TEST.y[:300]) == fitted.best_validation_score_
    with pytest.raises(ValueError, match="X_val and y_val must be given together"):
        fitted.fit(X, y, X_val=X)


@pytest.mark.parametrize(
    "labels",
    [
        np.array(["no", "yes"])[(y == 3).astype(int)],
        y == 3,
        np.array(["a", "b", "c"], object)[y % 3],
        y.astype(int) % 2 * 10 - 5,
        np.stack([y == 3, y > 5, y % 2 == 0], axis=1).astype(int),
    ],
    ids=["strings", "booleans", "objects", "integers", "labels"],
)
def test_targets_of_all_kinds(labels: Any) -> None:
    fitted = MLPClassifier((20,), max_iter=40, random_state=0, learning_rate_init=0.01).fit(X, labels)
    found = fitted.predict(X)
    assert found.shape == labels.shape
    assert np.mean(found == labels) > 0.95
    proba, log = fitted.predict_proba(X), fitted.predict_log_proba(X)
    assert proba.shape == (600, len(fitted.classes_))
    assert np.allclose(np.exp(log), proba)
    again = pickle.loads(pickle.dumps(fitted))
    assert np.array_equal(again.predict_proba(X), proba)


def test_one_epoch_at_a_time_is_all_at_once() -> None:
    settings: dict[str, Any] = {"hidden_layer_sizes": (9,), "batch_size": 64, "random_state": 3, "dropout": 0.0}
    whole = MLPClassifier(**settings, max_iter=4).fit(X, y)
    parts = MLPClassifier(**settings)
    for _ in range(4):
        parts.partial_fit(X, y, classes=np.arange(10))
    assert all(np.array_equal(one, other) for one, other in zip(whole.coefs_, parts.coefs_, strict=True))
    again = pickle.loads(pickle.dumps(parts))
    for one in (parts, again):
        one.partial_fit(X[:100], y[:100])
    assert all(np.array_equal(one, other) for one, other in zip(parts.coefs_, again.coefs_, strict=True))
    with pytest.raises(ValueError, match="classes must be those of the first call"):
        parts.partial_fit(X, y, classes=[0, 1])
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        MLPClassifier().partial_fit(X, y)
    with pytest.raises(ValueError, match=r"must have classes of .* got \[77\] as well"):
        parts.partial_fit(X[:2], [1, 77])


def test_weights_are_repetitions() -> None:
    counts = np.arange(600) % 3
    for solver in ("adam", "lbfgs"):
        settings: dict[str, Any] = {"hidden_layer_sizes": (5,), "solver": solver, "batch_size": 2000, "max_iter": 20}
        with warnings.catch_warnings(action="ignore"):
            one = MLPRegressor(**settings, random_state=0).fit(X.astype(float), y, sample_weight=counts)
            other = MLPRegressor(**settings, random_state=0).fit(
                X.astype(float).repeat(counts, axis=0), y.repeat(counts)
            )
        assert np.allclose(one.predict(X), other.predict(X), rtol=1e-3)
        assert one.loss_ == pytest.approx(other.loss_, rel=1e-4)
    for wrong in (-np.ones(600), np.full(600, np.nan), np.zeros(600), np.ones(3)):
        with pytest.raises(ValueError, match="weight"):
            MLPClassifier().fit(X, y, sample_weight=wrong)


def test_a_fit_that_fails_leaves_what_was_learnt() -> None:
    fitted = MLPClassifier((5,), max_iter=2, random_state=0).fit(X, y)
    before = fitted.predict_proba(X)
    with pytest.raises(ValueError, match="sample_weight"):
        fitted.fit(X, np.array(["a", "b"])[y % 2], sample_weight=-np.ones(600))
    assert np.array_equal(fitted.predict_proba(X), before)
    begun = MLPClassifier((5,), max_iter=2, random_state=0)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        begun.partial_fit(X[:5], y[:4], classes=[0, 1, 2, 3])
    assert begun.fit(X, np.array(["a", "b"])[y % 2]).classes_.tolist() == ["a", "b"]


def test_calls_that_differ_go_on() -> None:
    single, double = X, X.astype(np.float64)
    for first, second in ((single, double), (double, single)):
        fitted = MLPClassifier((5,)).partial_fit(first, y, classes=np.arange(10)).partial_fit(second, y)
        assert fitted.coefs_[0].dtype == first.dtype
    other: Any = MLPClassifier((5,)).partial_fit(X, y, classes=np.arange(10))
    other.set_params(solver="sgd")
    assert other.partial_fit(X, y).n_iter_ == 1
    few = y < 2
    MLPClassifier((5,), max_iter=2, warm_start=True).fit(X, y, X_val=X[few], y_val=y[few])
    with pytest.raises(ValueError, match="`y_val` must have classes of"):
        MLPClassifier((5,), max_iter=2).fit(X[few], y[few], X_val=X, y_val=y)


def test_an_adaptive_rate_falls_in_partial_fits() -> None:
    fitted = MLPRegressor((3,), solver="sgd", learning_rate="adaptive", tol=10.0, n_iter_no_change=1, momentum=0)
    steps: list[float] = []
    for _ in range(12):
        before = fitted.coefs_[0].copy() if hasattr(fitted, "coefs_") else np.zeros((784, 3), np.float32)
        fitted.partial_fit(X, y)
        steps.append(float(np.abs(fitted.coefs_[0] - before).max()))
    assert steps[-1] < steps[1] / 50


def test_weights_of_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="The weights of the samples must be finite and not all zero"):
        MLPClassifier((5,), class_weight=dict.fromkeys(range(10), 0)).fit(X, y)
    with pytest.raises(ValueError, match="class_weight must be numbers in partial_fit"):
        MLPClassifier((5,), class_weight="balanced").partial_fit(X, y, classes=np.arange(10))


def test_early_stopping_is_for_solvers_of_batches() -> None:
    settings: dict[str, Any] = {"hidden_layer_sizes": (5,), "solver": "lbfgs", "max_iter": 5, "random_state": 0}
    one, other = (MLPClassifier(**settings, early_stopping=stops).fit(X, y) for stops in (False, True))
    assert np.array_equal(one.coefs_[0], other.coefs_[0])
    assert not hasattr(MLPClassifier(solver=nn.LBFGS()), "partial_fit")


def test_it_is_searched_and_validated_by_scikit_learn() -> None:
    search = GridSearchCV(MLPClassifier(max_iter=5, random_state=0), {"alpha": [1e-4, 10.0]}, cv=2, n_jobs=2)
    assert search.fit(X, y).best_estimator_.alpha == 1e-4
    assert cross_val_score(MLPRegressor(max_iter=5, random_state=0), X, y, cv=2).shape == (2,)
    copy = clone(MLPClassifier((3,), dropout=0.5, class_weight={1: 2}))
    assert (copy.hidden_layer_sizes, copy.dropout, copy.class_weight) == ((3,), 0.5, {1: 2})


def test_it_stands_in_pipelines() -> None:
    calibration: Any = pytest.importorskip("sklearn.calibration")
    pipeline: Any = pytest.importorskip("sklearn.pipeline")
    preprocessing: Any = pytest.importorskip("sklearn.preprocessing")
    sklearn: Any = pytest.importorskip("sklearn")
    steps = pipeline.make_pipeline(preprocessing.StandardScaler(), MLPClassifier((8,), max_iter=5, random_state=0))
    assert steps.fit(X, y).predict(X).shape == (600,)
    calibrated = calibration.CalibratedClassifierCV(MLPClassifier((8,), max_iter=3, random_state=0), cv=2).fit(X, y)
    assert np.allclose(calibrated.predict_proba(X).sum(axis=1), 1)
    weights = (y == 1).astype(float) + 0.001
    with sklearn.config_context(enable_metadata_routing=True):
        classifier: Any = MLPClassifier((8,), max_iter=9, random_state=0)
        classifier.set_fit_request(sample_weight=True)
        scaler = preprocessing.StandardScaler().set_fit_request(sample_weight=False)
        routed = pipeline.make_pipeline(scaler, classifier)
        found = routed.fit(X, y, sample_weight=weights).predict(X)
    assert np.mean(found == 1) > 1.5 * np.mean(steps.predict(X) == 1)


def test_callbacks_of_scikit_learn() -> None:
    callback: Any = pytest.importorskip("sklearn.callback")
    seen: list[str] = []

    class Recorder:
        max_propagation_depth = 1

        def setup(self, estimator: Any, context: Any) -> None:  # noqa: ARG002
            seen.append("setup")

        def on_fit_task_begin(self, estimator: Any, context: Any) -> None:  # noqa: ARG002
            seen.append(context.task_name)

        def on_fit_task_end(self, estimator: Any, context: Any) -> bool:  # noqa: ARG002
            return len(seen) == 5  # setup, fit and three epochs

        def teardown(self, estimator: Any, context: Any) -> None:  # noqa: ARG002
            seen.append("teardown")

    assert callback.with_callbacks
    fitted = MLPClassifier((3,), max_iter=50).set_callbacks(Recorder()).fit(X, y)
    assert seen == ["setup", "fit", "epoch", "epoch", "epoch", "teardown"]
    assert fitted.n_iter_ == 3


def test_frames_and_sparse_rows() -> None:
    pandas: Any = pytest.importorskip("pandas")
    sparse: Any = pytest.importorskip("scipy.sparse")
    dense = MLPClassifier((5,), max_iter=3, random_state=0).fit(X, y)
    named = clone(dense).fit(pandas.DataFrame(X, columns=[f"pixel{i}" for i in range(784)]), pandas.Series(y))
    assert named.feature_names_in_[3] == "pixel3"
    for matrix in (sparse.csr_matrix(X), sparse.csc_array(X)):
        fitted = clone(dense).fit(matrix, y)
        assert np.array_equal(fitted.coefs_[0], dense.coefs_[0])
        assert np.array_equal(fitted.predict(matrix), dense.predict(X))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"activation": "swish"}, "MLP: activation must be one of "),
        ({"activation": ("relu", "tanh")}, "activation must be one name, or one for each of 1 hidden layers"),
        ({"hidden_layer_sizes": (0,)}, "hidden_layer_sizes: each must be a whole number from 1; got 0"),
        ({"solver": "sdg"}, "MLP: solver must be one of "),
        ({"learning_rate": "slow"}, "MLP: learning_rate must be one of adaptive, constant, invscaling; got 'slow'"),
        ({"learning_rate_init": 0}, "MLP: learning_rate_init must be a finite number above 0; got 0"),
        ({"alpha": -1}, "MLP: alpha must be a number from 0; got -1"),
        ({"max_iter": 0}, "MLP: max_iter must be a whole number from 1; got 0"),
        ({"batch_size": "all"}, "MLP: batch_size must be a whole number from 1; got 'all'"),
        ({"early_stopping": True, "validation_fraction": 1.0}, "MLP: validation_fraction must be between 0 and 1"),
        ({"n_iter_no_change": 0}, "MLP: n_iter_no_change must be a whole number from 1; got 0"),
        ({"dropout": 1.0}, "train: dropout must be 0 or more and below 1"),
    ],
)
def test_parameters_that_are_out_of_range(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MLPClassifier(**settings).fit(X[:50], y[:50])


def test_it_says_when_it_has_not_converged() -> None:
    with pytest.warns(ConvergenceWarning, match=r"Maximum iterations \(2\) reached"):
        MLPRegressor((3,), max_iter=2).fit(X, y)
    with pytest.warns(UserWarning, match="batch_size must be at most the 600 samples; got 1000, which is clipped"):
        MLPRegressor((3,), max_iter=2, batch_size=1000).fit(X, y)


def test_divergence_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="Solver produced non-finite parameter weights"):
        MLPRegressor(solver="sgd", learning_rate_init=1e6).fit(X, y)


def test_weights_that_are_changed_by_hand_are_used() -> None:
    fitted = MLPRegressor((4,), max_iter=1).fit(X, y)
    fitted.coefs_[-1][:] = 0
    fitted.intercepts_[-1][:] = 7
    assert np.array_equal(fitted.predict(X), np.full(600, 7, np.float32))
    assert not leaves_equal(nn.init((2, 2)), nn.init((2, 2), seed=1))
