"""The multi-layer perceptron as it is derived on paper: pure functions, every dimension checked."""

from nnfunc.array import Array as Array
from nnfunc.columns import is_digit as is_digit
from nnfunc.columns import one_hot as one_hot
from nnfunc.columns import scale as scale
from nnfunc.columns import to_columns as to_columns
from nnfunc.data import Dataset as Dataset
from nnfunc.data import batches as batches
from nnfunc.data import load_mnist as load_mnist
from nnfunc.data import read_csv as read_csv
from nnfunc.data import read_idx as read_idx
from nnfunc.data import split as split
from nnfunc.errors import CheckpointError as CheckpointError
from nnfunc.errors import DataError as DataError
from nnfunc.errors import NnfuncError as NnfuncError
from nnfunc.errors import SettingError as SettingError
from nnfunc.errors import ShapeError as ShapeError
from nnfunc.evaluation import evaluate as evaluate
from nnfunc.files import load as load
from nnfunc.files import save as save
from nnfunc.gradients import check_gradient as check_gradient
from nnfunc.gradients import gradient as gradient
from nnfunc.metrics import Evaluation as Evaluation
from nnfunc.network import backward as backward
from nnfunc.network import cost as cost
from nnfunc.network import forward as forward
from nnfunc.network import init as init
from nnfunc.network import update as update
from nnfunc.params import Layer as Layer
from nnfunc.params import Params as Params
from nnfunc.passes import Cache as Cache
from nnfunc.passes import Grads as Grads
from nnfunc.passes import LayerCache as LayerCache
from nnfunc.passes import LayerGrads as LayerGrads
from nnfunc.prediction import predict as predict
from nnfunc.prediction import probabilities as probabilities
from nnfunc.shapes import checked as checked
from nnfunc.symbolic_network import symbolic_params as symbolic_params
from nnfunc.symbols import prove as prove
from nnfunc.symbols import symbolic as symbolic
from nnfunc.training import DivergedError as DivergedError
from nnfunc.training import Epoch as Epoch
from nnfunc.training import State as State
from nnfunc.training import train as train

__version__ = "0.1.0"
