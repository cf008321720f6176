"""The multi-layer perceptron as it is derived on paper: pure functions, every dimension checked."""

import inspect
import typing
import warnings

from nnfunc.activations import Activation as Activation
from nnfunc.base.array import Array as Array
from nnfunc.base.errors import (
    CheckpointError as CheckpointError,
    ClusterError as ClusterError,
    DataError as DataError,
    NnfuncError as NnfuncError,
    RecordingError as RecordingError,
    SettingError as SettingError,
    ShapeError as ShapeError,
)
from nnfunc.costs import Cost as Cost
from nnfunc.data import (
    Dataset as Dataset,
    batches as batches,
    from_frame as from_frame,
    load_mapped as load_mapped,
    load_mnist as load_mnist,
    read_csv as read_csv,
    read_idx as read_idx,
    read_images as read_images,
    read_photo as read_photo,
    split as split,
    steps_per_epoch as steps_per_epoch,
)
from nnfunc.data.digits import fit_to_mnist as fit_to_mnist
from nnfunc.data.encoding import is_digit as is_digit, one_hot as one_hot, scale as scale, to_columns as to_columns
from nnfunc.files.models import load as load, save as save
from nnfunc.model.cache_and_grads import (
    Cache as Cache,
    Grads as Grads,
    LayerCache as LayerCache,
    LayerGrads as LayerGrads,
)
from nnfunc.model.params import Layer as Layer, Params as Params
from nnfunc.model.symbolic import symbolic_params as symbolic_params
from nnfunc.network import backward as backward, cost as cost, forward as forward, init as init, update as update
from nnfunc.optimizers import (
    Adam as Adam,
    AdamW as AdamW,
    GradientDescent as GradientDescent,
    Momentum as Momentum,
    Nesterov as Nesterov,
    OptimizerState as OptimizerState,
    RMSProp as RMSProp,
)
from nnfunc.recording import recorded as recorded
from nnfunc.schedules import (
    Constant as Constant,
    Cosine as Cosine,
    Exponential as Exponential,
    OneCycle as OneCycle,
    StepDecay as StepDecay,
    WarmUp as WarmUp,
)
from nnfunc.shapes import checked as checked
from nnfunc.shapes.symbolic import prove as prove, symbolic as symbolic
from nnfunc.tiling.evaluation import evaluate as evaluate, mistakes as mistakes
from nnfunc.tiling.gradients import check_gradient as check_gradient, gradient as gradient
from nnfunc.tiling.metrics import Evaluation as Evaluation
from nnfunc.tiling.prediction import (
    predict as predict,
    predict_labels as predict_labels,
    probabilities as probabilities,
)
from nnfunc.training.epochs.checkpoints import (
    Checkpointing as Checkpointing,
    load_state as load_state,
    save_state as save_state,
)
from nnfunc.training.epochs.epoch import Epoch as Epoch
from nnfunc.training.epochs.epochs import Epochs as Epochs
from nnfunc.training.epochs.history import History as History, read_history as read_history
from nnfunc.training.epochs.wrappers import (
    EarlyStopping as EarlyStopping,
    Logging as Logging,
    Progress as Progress,
    TensorBoard as TensorBoard,
)
from nnfunc.training.rate_range import RateRange as RateRange, learning_rate_range as learning_rate_range
from nnfunc.training.states import Best as Best, State as State
from nnfunc.training.steps.augmentation import Distorted as Distorted
from nnfunc.training.steps.divergence import DivergedError as DivergedError
from nnfunc.training.steps.lbfgs import LBFGS as LBFGS
from nnfunc.training.steps.regularisation import dropout_masks as dropout_masks
from nnfunc.training.train import train as train

__version__ = "0.1.0"

if typing.TYPE_CHECKING:
    checkpointing = Checkpointing
    early_stopping = EarlyStopping
    history = History
    logging = Logging
    progress = Progress
    tensorboard = TensorBoard
else:
    __all__ = [name for name, value in globals().items() if not (name.startswith("_") or inspect.ismodule(value))]

    _RENAMED = {
        "checkpointing": "Checkpointing",
        "early_stopping": "EarlyStopping",
        "history": "History",
        "logging": "Logging",
        "progress": "Progress",
        "tensorboard": "TensorBoard",
    }

    def __getattr__(name):
        """Return what an old name stands for, with a warning."""
        if name not in _RENAMED:
            raise AttributeError(f"module 'nnfunc' has no attribute {name!r}")
        warnings.warn(f"nn.{name} is now nn.{_RENAMED[name]}.", DeprecationWarning, stacklevel=2)
        return globals()[_RENAMED[name]]
