"""A graph of ONNX, followed from its input along the layers of a plain stack."""

from typing import Any

import numpy as np

from nnfunc.array import Array
from nnfunc.errors import CheckpointError, NnfuncError
from nnfunc.params import Layer, Params, costs_of

ACTIVATIONS = {
    "Relu": "relu",
    "LeakyRelu": "leaky_relu",
    "Elu": "elu",
    "Tanh": "tanh",
    "Sigmoid": "sigmoid",
    "Softmax": "softmax",
}
"""Operators, and the activations that they compute, with these attributes:"""

ATTRIBUTES = {"LeakyRelu": ("alpha", 0.01, 0.01), "Elu": ("alpha", 1.0, 1.0), "Softmax": ("axis", 1, -1)}
"""The one that must be as ours; its value here, and where it is not stated."""

NOTHING = {"Identity", "Cast", "Flatten", "Dropout"}
"""Operators that change no value of a stack that is used on rows of floats."""

NAMING = {"ArgMax", "ArrayFeatureExtractor", "Concat", "Reshape", "Sub", "ZipMap", "Greater", "Squeeze", "TopK"}
"""Operators that make names of classes of the last activation."""


def network_of(name: str, graph: Any, onnx: Any) -> Params:
    """The network of a graph.

    Raises:
        CheckpointError: it is no plain stack.
    """
    constants = {tensor.name: _array(name, tensor, onnx) for tensor in graph.initializer}
    inputs = [x.name for x in graph.input if x.name not in constants]
    if len(inputs) != 1:
        raise CheckpointError(f"{name}: must have one input; got {len(inputs)}. Is it a plain stack of layers?")
    weights: list[tuple[Array, Array | None]] = []
    activations: list[str] = []
    for node in _chain(name, graph, inputs[0]):
        kind = node.op_type
        if kind in ("Gemm", "MatMul"):
            if len(weights) > len(activations):
                activations.append("identity")
            weights.append(_product(name, node, constants))
        elif kind == "Add" and weights and weights[-1][1] is None and len(weights) > len(activations):
            weights[-1] = weights[-1][0], _constant(name, node, constants)
        elif kind in ACTIVATIONS and len(weights) > len(activations):
            _check_attribute(name, node, onnx)
            activations.append(ACTIVATIONS[kind])
        elif kind not in NOTHING:
            raise CheckpointError(
                f"{name}: must be a plain stack of Gemm, MatMul, Add and activations; got {kind} ({node.name}) in it."
            )
    if not weights:
        raise CheckpointError(f"{name}: must have at least one Gemm or MatMul; got none.")
    activations += ["identity"] * (len(weights) - len(activations))
    try:
        layers = tuple(
            Layer(W, np.zeros((len(W), 1), W.dtype) if b is None else np.broadcast_to(b.reshape(-1, 1), (len(W), 1)), g)
            for (W, b), g in zip(weights, activations, strict=True)
        )
        return Params(layers, costs_of(activations[-1])[0])
    except (NnfuncError, ValueError) as error:
        raise CheckpointError(f"{name}: its layers must be a network; got others ({error}).") from error


def _chain(name: str, graph: Any, at: str) -> list[Any]:
    """The nodes one after the other, from the input to the last activation."""
    found: list[Any] = []
    while True:
        users = [node for node in graph.node if at in node.input]
        going = [node for node in users if node.op_type not in NAMING]
        if found and (not going or len(going) < len(users)):
            return found
        if len(going) != 1:
            raise CheckpointError(f"{name}: each layer must go on to one other; got {len(going)} at {at!r}.")
        found.append(going[0])
        if len(found) > len(graph.node):
            raise CheckpointError(f"{name}: must be a stack; got a circle.")
        at = going[0].output[0]


def _product(name: str, node: Any, constants: dict[str, Array]) -> tuple[Array, Array | None]:
    """W and b of Gemm, or W of MatMul."""
    attributes = {x.name: x for x in node.attribute}
    plain = all(x.f == 1 for key, x in attributes.items() if key in ("alpha", "beta"))
    if not plain or ("transA" in attributes and attributes["transA"].i):
        raise CheckpointError(f"{name}: Gemm must be A W + b, without factors; got others ({node.name}).")
    if node.input[1] not in constants or constants[node.input[1]].ndim != 2:
        raise CheckpointError(
            f"{name}: {node.op_type} must have a constant matrix on its right; got none ({node.name})."
        )
    W = constants[node.input[1]]
    is_transposed = "transB" in attributes and attributes["transB"].i == 1
    b = _constant(name, node, constants) if len(node.input) > 2 else None
    return np.ascontiguousarray(W if is_transposed else W.T), b


def _constant(name: str, node: Any, constants: dict[str, Array]) -> Array:
    """The bias among the inputs of a node."""
    given = [constants[x] for x in (node.input if node.op_type == "Add" else node.input[2:]) if x in constants]
    if len(given) != 1:
        raise CheckpointError(f"{name}: {node.op_type} must have one constant vector; got {len(given)} ({node.name}).")
    return given[0]


def _array(name: str, tensor: Any, onnx: Any) -> Array:
    if tensor.data_location == onnx.TensorProto.EXTERNAL or tensor.external_data:
        raise CheckpointError(
            f"{name}: its weights must be in it; got {tensor.name!r} in another file. Save it with its weights?"
        )
    try:
        x: Array = onnx.numpy_helper.to_array(tensor)
    except Exception as error:  # of several kinds
        raise CheckpointError(f"{name}: {tensor.name!r} must be an array; got something else ({error}).") from error
    return x.astype(np.float32) if x.dtype == np.float16 else x


def _check_attribute(name: str, node: Any, onnx: Any) -> None:
    """Refuse an activation with other numbers than ours."""
    if node.op_type in ATTRIBUTES:
        key, ours, default = ATTRIBUTES[node.op_type]
        given = {x.name: onnx.helper.get_attribute_value(x) for x in node.attribute}.get(key, default)
        if not np.isclose(given, ours) and (key, given) != ("axis", -1):
            raise CheckpointError(f"{name}: {key} of {node.op_type} must be {ours}; got {given} ({node.name}).")
