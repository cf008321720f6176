"""Estimators for scikit-learn (extra `sklearn`), with its names and meanings: rows are samples here.

    from nnfunc.sklearn import MLPClassifier

They train by `nn.train`: all mathematics is there.
"""

try:
    import sklearn as _  # noqa: F401
except ImportError as error:
    raise ImportError(
        "nnfunc.sklearn: scikit-learn must be installed; got none. pip install 'nnfunc[sklearn]'"
    ) from error

from nnfunc.sklearn import older
from nnfunc.sklearn.estimators import MLPClassifier, MLPRegressor

__all__ = ["MLPClassifier", "MLPRegressor"]

older.remember()
