"""Estimators for scikit-learn (extra `sklearn`), with its names and meanings: rows are samples here.

    from nnfunc.sklearn import MLPClassifier

They train by `nn.train`: all mathematics is there.
"""

from nnfunc.sklearn.estimators import MLPClassifier as MLPClassifier
from nnfunc.sklearn.estimators import MLPRegressor as MLPRegressor
