"""The multi-layer perceptron as it is derived on paper: pure functions, every dimension checked."""

from nnfunc.activations import Activation
from nnfunc.base.array import Array
from nnfunc.base.errors import (
    CheckpointError,
    ClusterError,
    DataError,
    NnfuncError,
    RecordingError,
    SettingError,
    ShapeError,
)
from nnfunc.costs import Cost
from nnfunc.data import (
    Dataset,
    batches,
    from_frame,
    load_mapped,
    load_mnist,
    read_csv,
    read_idx,
    read_images,
    read_photo,
    split,
    steps_per_epoch,
)
from nnfunc.data.digits import fit_to_mnist
from nnfunc.data.encoding import is_digit, one_hot, scale, to_columns
from nnfunc.files.models import load, save
from nnfunc.model.params import Layer, Params
from nnfunc.model.passes import Cache, Grads, LayerCache, LayerGrads
from nnfunc.model.symbolic import symbolic_params
from nnfunc.network import backward, cost, forward, init, update
from nnfunc.optimizers import Adam, AdamW, GradientDescent, Momentum, Nesterov, OptimizerState, RMSProp
from nnfunc.recording import recorded
from nnfunc.schedules import Constant, Cosine, Exponential, OneCycle, StepDecay, WarmUp
from nnfunc.shapes import checked
from nnfunc.shapes.prove import prove, symbolic
from nnfunc.tiling.evaluation import evaluate, mistakes
from nnfunc.tiling.gradients import check_gradient, gradient
from nnfunc.tiling.metrics import Evaluation
from nnfunc.tiling.prediction import predict, predict_labels, probabilities
from nnfunc.training.epochs.checkpoints import load_state, save_state
from nnfunc.training.epochs.epoch import Epoch
from nnfunc.training.epochs.saving import checkpointing, history, read_history
from nnfunc.training.epochs.wrappers import early_stopping, logging, progress, tensorboard
from nnfunc.training.rate_range import RateRange, learning_rate_range
from nnfunc.training.states import Best, State
from nnfunc.training.steps.augmentation import Distorted
from nnfunc.training.steps.divergence import DivergedError
from nnfunc.training.steps.lbfgs import LBFGS
from nnfunc.training.steps.regularisation import dropout_masks
from nnfunc.training.train import train

__all__ = [
    "LBFGS",
    "Activation",
    "Adam",
    "AdamW",
    "Array",
    "Best",
    "Cache",
    "CheckpointError",
    "ClusterError",
    "Constant",
    "Cosine",
    "Cost",
    "DataError",
    "Dataset",
    "Distorted",
    "DivergedError",
    "Epoch",
    "Evaluation",
    "Exponential",
    "GradientDescent",
    "Grads",
    "Layer",
    "LayerCache",
    "LayerGrads",
    "Momentum",
    "Nesterov",
    "NnfuncError",
    "OneCycle",
    "OptimizerState",
    "Params",
    "RMSProp",
    "RateRange",
    "RecordingError",
    "SettingError",
    "ShapeError",
    "State",
    "StepDecay",
    "WarmUp",
    "backward",
    "batches",
    "check_gradient",
    "checked",
    "checkpointing",
    "cost",
    "dropout_masks",
    "early_stopping",
    "evaluate",
    "fit_to_mnist",
    "forward",
    "from_frame",
    "gradient",
    "history",
    "init",
    "is_digit",
    "learning_rate_range",
    "load",
    "load_mapped",
    "load_mnist",
    "load_state",
    "logging",
    "mistakes",
    "one_hot",
    "predict",
    "predict_labels",
    "probabilities",
    "progress",
    "prove",
    "read_csv",
    "read_history",
    "read_idx",
    "read_images",
    "read_photo",
    "recorded",
    "save",
    "save_state",
    "scale",
    "split",
    "steps_per_epoch",
    "symbolic",
    "symbolic_params",
    "tensorboard",
    "to_columns",
    "train",
    "update",
]

__version__ = "0.1.0"
