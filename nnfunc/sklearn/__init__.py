"""Estimators for scikit-learn (extra `sklearn`), with its names and conventions: here rows are samples.

    from nnfunc.sklearn import MLPClassifier

They train with `nn.train`, which does all the mathematics.
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
