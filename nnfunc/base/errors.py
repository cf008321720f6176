"""The errors that the library raises on purpose (`DivergedError` is in `training`), and how they are worded.

Form of a message: `<where>: <thing> must <rule>; got <actual>. <remedy>`
"""


class NnfuncError(Exception):
    """What all errors of this library have in common."""


class ShapeError(NnfuncError, TypeError):
    """The shape or dtype of an array is not the one that an equation needs."""


class RecordingError(NnfuncError):
    """A function does what no recording can repeat."""


class SettingError(NnfuncError, ValueError):
    """A setting is unknown or out of range: a name, a size, a learning rate, a batch."""


class DataError(NnfuncError):
    """A data file or data set is missing, broken, or not what it should be."""


class CheckpointError(NnfuncError):
    """A model file is broken, not a model, of a newer version, or cannot be written."""


class ClusterError(NnfuncError):
    """A cluster cannot be reached, or has no workers left."""
