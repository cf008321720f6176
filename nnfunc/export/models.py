"""Export of networks to ONNX, and import from it (extra `onnx`): plain stacks of matrix products and activations.

In ONNX rows are samples: input "X" is m×n_in, output "A" m×n_out, both float32.
"""

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnfunc.base.errors import CheckpointError, SettingError
from nnfunc.base.reading import read_bytes
from nnfunc.export import stack
from nnfunc.model.params import Params

if TYPE_CHECKING:
    from onnx import ModelProto

OPSET, IR = 17, 8
"""The versions of the operator set and of the file format (IR) of exported models."""

NODES: dict[str, tuple[str, dict[str, Any]]] = {
    "relu": ("Relu", {}),
    "leaky_relu": ("LeakyRelu", {"alpha": 0.01}),
    "elu": ("Elu", {"alpha": 1.0}),
    "tanh": ("Tanh", {}),
    "sigmoid": ("Sigmoid", {}),
    "identity": ("Identity", {}),
    "softmax": ("Softmax", {"axis": 1}),
}
"""The operator that computes each activation, and its attributes."""

LARGEST = 2**31 - 1
"""The largest file, in bytes: a protobuf message cannot be larger."""


def to_onnx(params: Params) -> "ModelProto":
    """Export a network as a graph of Gemm and activations: Z[l] = A[l−1] W[l]ᵀ + b[l], A[l] = g(Z[l]), in float32.

    The graph takes floats, like `forward`: scale pixels first.

    Raises:
        SettingError: onnx is not installed, an activation is custom, which ONNX cannot compute, or a weight is not
            finite in float32.
    """
    onnx = _onnx()
    helper = onnx.helper
    with np.errstate(over="ignore"):
        if not all(np.isfinite(x.astype(np.float32)).all() for layer in params.layers for x in (layer.W, layer.b)):
            raise SettingError(
                "to_onnx: weights must be finite in float32; got one that is not. Train with smaller ones?"
            )
    nodes, weights = list[Any](), list[Any]()
    for l, layer in enumerate(params.layers, start=1):
        if layer.activation.name not in NODES:
            raise SettingError(
                f"to_onnx: activations must be built-in ones; got {layer.activation.name!r} in layer {l}. "
                f"Export a network without it?"
            )
        kind, attributes = NODES[layer.activation.name]
        weights += [
            onnx.numpy_helper.from_array(np.ascontiguousarray(x, np.float32), f"{name}{l}")
            for name, x in (("W", layer.W), ("b", layer.b[:, 0]))
        ]
        A_prev, A = "X" if l == 1 else f"A{l - 1}", "A" if l == len(params.layers) else f"A{l}"
        nodes += [
            helper.make_node("Gemm", [A_prev, f"W{l}", f"b{l}"], [f"Z{l}"], f"layer {l}", transB=1),
            helper.make_node(kind, [f"Z{l}"], [A], f"activation {l}", **attributes),
        ]
    float32 = onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        nodes,
        "-".join(map(str, params.sizes)),
        [helper.make_tensor_value_info("X", float32, ["m", params.sizes[0]])],
        [helper.make_tensor_value_info("A", float32, ["m", params.sizes[-1]])],
        weights,
    )
    model: ModelProto = helper.make_model(
        graph, producer_name="nnfunc", opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def from_onnx(path: str | Path) -> Params:
    """Import the network of a plain stack of layers: Gemm, or MatMul and Add, and activations, as exporters write them.

    Operators after the last activation that name classes, as scikit-learn's exporter writes them, are ignored.

    Raises:
        DataError: the file is missing or cannot be read.
        CheckpointError: it is damaged, or holds something else, which the message names.
        SettingError: onnx is not installed.
    """
    onnx, path = _onnx(), Path(path)
    content = read_bytes(path, LARGEST)
    try:
        model = onnx.load_model_from_string(content)
        onnx.checker.check_model(model)
    except Exception as error:  # protobuf's, the checker's, and others
        reason = str(error).strip().split("\n")[0]
        raise CheckpointError(
            f"{path.name}: must be an ONNX model; got something else ({reason}). Is it whole?"
        ) from error
    newest = int(onnx.defs.onnx_opset_version())
    for imported in model.opset_import:
        if imported.domain in ("", "ai.onnx") and imported.version > newest:
            raise CheckpointError(
                f"{path.name}: operators must be of version {newest} or below; got {imported.version}. Upgrade onnx?"
            )
    try:
        return stack.network_of(model.graph, onnx)
    except CheckpointError as error:
        raise CheckpointError(f"{path.name}: {error}. Is it a plain stack of layers?") from error
    except (IndexError, TypeError, ValueError, KeyError) as error:  # malformed nodes that the checker accepts
        raise CheckpointError(f"{path.name}: must be a plain stack of layers; got something else ({error}).") from error


def _onnx() -> Any:
    try:
        return importlib.import_module("onnx")
    except ImportError as error:
        raise SettingError("export: onnx must be installed; got none. pip install 'nnfunc[onnx]'") from error
