"""The losses and scores of fitting an estimator, and the epochs without improvement, counted as in scikit-learn."""

import math
from dataclasses import dataclass, field

from nnfunc.model.params import Params

DIVISOR, SMALLEST = 5, 1e-6
"""The divisor of an adaptive learning rate when nothing improves, and the rate at which training stops instead."""


@dataclass
class Progress:
    """The losses and scores so far, the best of them, and the number of epochs without improvement.

    Attributes:
        tol: the least improvement of a loss or score that counts.
        by_score: whether the validation score decides, instead of the training loss.
        losses: training loss after each epoch.
        validation_losses: validation loss after each epoch, if there is a validation set.
        scores: validation score after each epoch, if scores decide.
        best_loss: the lowest training loss.
        best_score: the highest validation score.
        best: the parameters with the best score.
        since: number of epochs since the last improvement that counted.
    """

    tol: float
    by_score: bool
    losses: list[float] = field(default_factory=list[float])
    validation_losses: list[float] = field(default_factory=list[float])
    scores: list[float] = field(default_factory=list[float])
    best_loss: float = math.inf
    best_score: float = -math.inf
    best: Params | None = None
    since: int = 0

    def note_loss(self, loss: float) -> None:
        """Record a training loss, which decides unless scores do."""
        self.losses.append(loss)
        if not self.by_score:
            self.since = self.since + 1 if loss > self.best_loss - self.tol else 0
        self.best_loss = min(loss, self.best_loss)

    def note_score(self, score: float, params: Params) -> None:
        """Record a validation score, which may be NaN, of these parameters."""
        self.scores.append(score)
        self.since = self.since + 1 if not score >= self.best_score + self.tol else 0
        if score > self.best_score:
            self.best_score, self.best = score, params
