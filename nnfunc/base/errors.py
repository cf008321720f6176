"""The errors that the library raises on purpose (`DivergedError` is in `training`).

Their messages have the form `<where>: <thing> must <rule>; got <actual>. <remedy>`
"""


class NnfuncError(Exception):
    """The base class of this library's errors."""


class ShapeError(NnfuncError, TypeError):
    """An array does not have the shape or dtype that an equation needs."""


class RecordingError(NnfuncError):
    """A function does something that cannot be recorded and replayed."""


class SettingError(NnfuncError, ValueError):
    """A setting is unknown or out of range: a name, a size, a learning rate, a batch."""


class DataError(NnfuncError):
    """A data file or data set is missing, broken or invalid."""


class CheckpointError(NnfuncError):
    """A model file is broken, not a model, written by a newer version, or cannot be written."""


class ClusterError(NnfuncError):
    """A cluster cannot be reached, or has no workers left."""
