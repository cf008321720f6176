"""What fitting an estimator notes from epoch to epoch, and when it has had enough: as scikit-learn decides."""

import math
from dataclasses import dataclass, field

from nnfunc.model.params import Params

DIVISOR, SMALLEST = 5, 1e-6
"""By what an adaptive learning rate falls where nothing improves, and where it ends."""


@dataclass
class Progress:
    """The losses and scores so far, the best of them, and for how long there was none better.

    Attributes:
        tol: by how much a loss or score must be better to count.
        by_score: whether the validation score decides, in place of the training loss.
        losses: training loss after each epoch.
        validation_losses: that of the validation set, if there is one.
        scores: of the validation set, where they decide.
        best_loss: the lowest.
        best_score: the highest.
        best: the parameters with the best score.
        since: epochs since the last that counted.
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
        """A training loss, which decides where no score does."""
        self.losses.append(loss)
        if not self.by_score:
            self.since = self.since + 1 if loss > self.best_loss - self.tol else 0
        self.best_loss = min(loss, self.best_loss)

    def note_score(self, score: float, params: Params) -> None:
        """A validation score, perhaps NaN, of these parameters."""
        self.scores.append(score)
        self.since = self.since + 1 if not score >= self.best_score + self.tol else 0
        if score > self.best_score:
            self.best_score, self.best = score, params
