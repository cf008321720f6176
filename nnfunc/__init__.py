"""The multi-layer perceptron as it is derived on paper: pure functions, every dimension checked."""

from nnfunc.activations import Activation as Activation
from nnfunc.array import Array as Array
from nnfunc.augmentation import Distorted as Distorted
from nnfunc.checkpoints import load_state as load_state
from nnfunc.checkpoints import save_state as save_state
from nnfunc.columns import is_digit as is_digit
from nnfunc.columns import one_hot as one_hot
from nnfunc.columns import scale as scale
from nnfunc.columns import to_columns as to_columns
from nnfunc.costs import Cost as Cost
from nnfunc.data import Dataset as Dataset
from nnfunc.data import batches as batches
from nnfunc.data import from_frame as from_frame
from nnfunc.data import load_mapped as load_mapped
from nnfunc.data import load_mnist as load_mnist
from nnfunc.data import read_csv as read_csv
from nnfunc.data import read_idx as read_idx
from nnfunc.data import read_images as read_images
from nnfunc.data import read_photo as read_photo
from nnfunc.data import split as split
from nnfunc.data import steps_per_epoch as steps_per_epoch
from nnfunc.digits import fit_to_mnist as fit_to_mnist
from nnfunc.divergence import DivergedError as DivergedError
from nnfunc.epoch import Epoch as Epoch
from nnfunc.errors import CheckpointError as CheckpointError
from nnfunc.errors import ClusterError as ClusterError
from nnfunc.errors import DataError as DataError
from nnfunc.errors import NnfuncError as NnfuncError
from nnfunc.errors import RecordingError as RecordingError
from nnfunc.errors import SettingError as SettingError
from nnfunc.errors import ShapeError as ShapeError
from nnfunc.evaluation import evaluate as evaluate
from nnfunc.evaluation import mistakes as mistakes
from nnfunc.files import load as load
from nnfunc.files import save as save
from nnfunc.gradients import check_gradient as check_gradient
from nnfunc.gradients import gradient as gradient
from nnfunc.lbfgs import LBFGS as LBFGS
from nnfunc.metrics import Evaluation as Evaluation
from nnfunc.network import backward as backward
from nnfunc.network import cost as cost
from nnfunc.network import forward as forward
from nnfunc.network import init as init
from nnfunc.network import update as update
from nnfunc.optimizers import Adam as Adam
from nnfunc.optimizers import AdamW as AdamW
from nnfunc.optimizers import GradientDescent as GradientDescent
from nnfunc.optimizers import Momentum as Momentum
from nnfunc.optimizers import Nesterov as Nesterov
from nnfunc.optimizers import OptimizerState as OptimizerState
from nnfunc.optimizers import RMSProp as RMSProp
from nnfunc.params import Layer as Layer
from nnfunc.params import Params as Params
from nnfunc.passes import Cache as Cache
from nnfunc.passes import Grads as Grads
from nnfunc.passes import LayerCache as LayerCache
from nnfunc.passes import LayerGrads as LayerGrads
from nnfunc.prediction import predict as predict
from nnfunc.prediction import predict_labels as predict_labels
from nnfunc.prediction import probabilities as probabilities
from nnfunc.rates import RateRange as RateRange
from nnfunc.rates import learning_rate_range as learning_rate_range
from nnfunc.recording import recorded as recorded
from nnfunc.regularisation import dropout_masks as dropout_masks
from nnfunc.saving import checkpointing as checkpointing
from nnfunc.saving import history as history
from nnfunc.saving import read_history as read_history
from nnfunc.schedules import Constant as Constant
from nnfunc.schedules import Cosine as Cosine
from nnfunc.schedules import Exponential as Exponential
from nnfunc.schedules import OneCycle as OneCycle
from nnfunc.schedules import StepDecay as StepDecay
from nnfunc.schedules import WarmUp as WarmUp
from nnfunc.shapes import checked as checked
from nnfunc.states import Best as Best
from nnfunc.states import State as State
from nnfunc.symbolic_network import symbolic_params as symbolic_params
from nnfunc.symbols import prove as prove
from nnfunc.symbols import symbolic as symbolic
from nnfunc.training import train as train
from nnfunc.wrappers import early_stopping as early_stopping
from nnfunc.wrappers import logging as logging
from nnfunc.wrappers import progress as progress
from nnfunc.wrappers import tensorboard as tensorboard

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
