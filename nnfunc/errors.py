"""Every error that the library raises on purpose, and how an error is worded.

Form of a message: `<where>: <thing> must <rule>; got <actual>. <remedy>`
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnfunc.params import Params


class NnfuncError(Exception):
    """What all errors of this library have in common."""


class ShapeError(NnfuncError, TypeError):
    """The shape or dtype of an array is not the one that an equation needs."""


class SettingError(NnfuncError, ValueError):
    """A setting is unknown or out of range: a name, a size, a learning rate, a batch."""


class DataError(NnfuncError):
    """A data file or data set is missing, broken, or not what it should be."""


class CheckpointError(NnfuncError):
    """A model file is broken, not a model, of a newer version, or cannot be written."""


class DivergedError(NnfuncError):
    """Training reached a parameter or a cost that is not finite.

    Attributes:
        epoch: the epoch in which it happened, counted from 1.
        step: the step of that epoch, counted from 1.
        params: the last finite parameters: those before that step, or those whose cost is not finite.
    """

    def __init__(self, message: str, epoch: int, step: int, params: "Params") -> None:
        super().__init__(message)
        self.epoch, self.step, self.params = epoch, step, params

    def __reduce__(self) -> "tuple[type[DivergedError], tuple[str, int, int, Params]]":
        """How pickle makes it again, so that it can come back from another process."""
        return type(self), (str(self), self.epoch, self.step, self.params)
