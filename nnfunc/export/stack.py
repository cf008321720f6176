"""Import of an ONNX graph: its layers are followed from the input, and anything but a plain stack is refused."""

from typing import Any

import numpy as np

from nnfunc.activations import OUTPUTS
from nnfunc.base.array import Array, shape_text
from nnfunc.base.errors import CheckpointError, NnfuncError
from nnfunc.costs import costs_of
from nnfunc.model.params import Layer, Params

ACTIVATIONS: dict[str, tuple[str, str, tuple[float, ...]]] = {
    "Relu": ("relu", "", ()),
    "LeakyRelu": ("leaky_relu", "alpha", (0.01,)),
    "Elu": ("elu", "alpha", (1.0,)),
    "Tanh": ("tanh", "", ()),
    "Sigmoid": ("sigmoid", "", ()),
    "Softmax": ("softmax", "axis", (1, -1)),
}
"""The activation of each operator, and the attribute that must have one of these values or be absent."""

PLAIN = "must be a plain stack of Gemm, MatMul, Add and activations"

NAMING = {"ArgMax", "ArrayFeatureExtractor", "Concat", "Reshape", "Sub", "ZipMap", "Squeeze"}
"""The operators with which scikit-learn's exporter turns the last activation into names of classes."""

FLOATS = (1, 10, 11)
"""The types that a Cast may convert to: float32, float16, float64."""


def network_of(graph: Any, onnx: Any) -> Params:
    """Return the network of a graph.

    Raises:
        CheckpointError: it is not a plain stack; the message says why.
    """
    constants = _constants(graph, onnx)
    inputs = [x.name for x in graph.input if x.name not in constants]
    if len(inputs) != 1:
        raise CheckpointError(f"must have one input; got {len(inputs)}")
    weights: list[tuple[Array, Array | None]] = []
    activations: list[str] = []
    chain = _chain(graph, inputs[0], constants)
    axes = max(len(x.type.tensor_type.shape.dim) for x in graph.input if x.name == inputs[0])
    if axes > 2 and not any(node.op_type == "Flatten" for node in chain):
        raise CheckpointError(f"its input must be rows of features; got {axes} axes")
    for node in chain:
        kind = node.op_type
        if kind in ("Gemm", "MatMul"):
            if len(weights) > len(activations):
                activations.append("identity")
            weights.append(_product(node, constants, onnx))
        elif kind == "Add" and weights and weights[-1][1] is None and len(weights) > len(activations):
            weights[-1] = weights[-1][0], _bias(node, list(node.input), constants, len(weights[-1][0]))
        elif kind in ACTIVATIONS and len(weights) > len(activations):
            name, key, allowed = ACTIVATIONS[kind]
            given = _attributes(node, onnx).get(key, allowed[0] if allowed else None)
            if given is not None and not any(np.isclose(given, one) for one in allowed):
                raise CheckpointError(f"{key} of {kind} must be {allowed[0]}; got {given}")
            activations.append(name)
        elif not _changes_nothing(node, onnx):
            raise CheckpointError(f"{PLAIN}; got {kind} in it")
    if not weights:
        raise CheckpointError("must have at least one Gemm or MatMul; got none")
    activations += ["identity"] * (len(weights) - len(activations))
    try:
        layers = (
            Layer(W, np.zeros((len(W), 1), W.dtype) if b is None else b, OUTPUTS[g])
            for (W, b), g in zip(weights, activations, strict=True)
        )
        return Params(tuple(layers), costs_of(OUTPUTS[activations[-1]])[0])
    except (NnfuncError, ValueError) as error:
        raise CheckpointError(f"its layers must form a network; got others ({error})") from error


def _constants(graph: Any, onnx: Any) -> dict[str, Array]:
    """Return the constant arrays of a graph by name: initializers, Constants, and each Identity of one of them."""
    found = {tensor.name: _array(tensor, onnx) for tensor in graph.initializer}
    for node in graph.node:
        if node.domain not in ("", "ai.onnx", "ai.onnx.ml"):
            raise CheckpointError(f"operators must be ONNX's own; got {node.op_type} of {node.domain!r}")
        if node.op_type == "Constant" and "value" in (attributes := _attributes(node, onnx)):
            found[node.output[0]] = _array(attributes["value"], onnx)
        elif node.op_type == "Identity" and node.input[0] in found:
            found[node.output[0]] = found[node.input[0]]
    return found


def _chain(graph: Any, at: str, constants: dict[str, Array]) -> list[Any]:
    """Return the nodes in order, from the input to the last activation.

    Only operators that name classes may follow them.
    """
    users: dict[str, list[Any]] = {}
    nodes = [node for node in graph.node if node.output and node.output[0] not in constants]
    for node in nodes:
        for name in {*node.input} - constants.keys():
            users.setdefault(name, []).append(node)
    outputs, found = {x.name for x in graph.output}, list[Any]()
    while at not in outputs and len(users.get(at, [])) == 1 and users[at][0].op_type not in NAMING:
        found.append(users[at][0])
        at = found[-1].output[0]
    taken = {id(node) for node in found}
    left = [node.op_type for node in nodes if id(node) not in taken]
    if not left and outputs != {at}:
        raise CheckpointError(f"the output must be the last activation; got {', '.join(sorted(outputs))}")
    makes_names = {"ArgMax", "ZipMap"} & {*left} and not {*left} - NAMING - {"Cast", "Identity"}
    if left and not (makes_names and found and ("Sub" not in left or found[-1].op_type == "Sigmoid")):
        odd = next((kind for kind in left if kind not in ("Cast", "Identity")), left[0])
        raise CheckpointError(f"{PLAIN}, one after the other, to the output; got {odd} beside them")
    return found


def _changes_nothing(node: Any, onnx: Any) -> bool:
    """Return whether an operator leaves rows of floats unchanged."""
    given = _attributes(node, onnx)
    if node.op_type == "Cast":
        return bool(given.get("to") in FLOATS)
    if node.op_type == "Flatten":
        return bool(given.get("axis", 1) == 1)
    return node.op_type == "Identity" or (node.op_type == "Dropout" and len(node.input) < 3)


def _product(node: Any, constants: dict[str, Array], onnx: Any) -> tuple[Array, Array | None]:
    """Return W and b of a Gemm, or W and None of a MatMul or a Gemm without b."""
    given = _attributes(node, onnx)
    if given.get("alpha", 1) != 1 or given.get("beta", 1) != 1 or given.get("transA", 0):
        raise CheckpointError(f"Gemm must be A W + b, without factors; got others ({node.name})")
    matrix = constants.get(node.input[1])
    if matrix is None or matrix.ndim != 2:
        raise CheckpointError(f"{node.op_type} must have a constant matrix on its right; got none ({node.name})")
    W = np.ascontiguousarray(matrix if given.get("transB", 0) else matrix.T)
    biases = [x for x in node.input[2:] if x]
    return W, _bias(node, biases, constants, len(W)) if biases else None


def _bias(node: Any, names: list[str], constants: dict[str, Array], n: int) -> Array:
    """Return the single constant among these inputs of a node as a column, with one number for each output."""
    given = [constants[x] for x in names if x in constants]
    if len(given) != 1 or given[0].shape not in ((), (1,), (n,), (1, 1), (1, n)):
        shapes = ", ".join(shape_text(x) for x in given) or "none"
        raise CheckpointError(f"{node.op_type} must have one constant vector of {n}; got {shapes} ({node.name})")
    return np.ascontiguousarray(np.broadcast_to(given[0].reshape(1, -1), (1, n)).T)


def _attributes(node: Any, onnx: Any) -> dict[str, Any]:
    return {x.name: onnx.helper.get_attribute_value(x) for x in node.attribute}


def _array(tensor: Any, onnx: Any) -> Array:
    if tensor.data_location == onnx.TensorProto.EXTERNAL or tensor.external_data:
        raise CheckpointError(f"its weights must be in it; got {tensor.name!r} in another file")
    try:
        x: Array = onnx.numpy_helper.to_array(tensor)
    except Exception as error:  # onnx raises several kinds
        raise CheckpointError(f"{tensor.name!r} must be an array; got something else ({error})") from error
    return x.astype(np.float32) if x.dtype == np.float16 else x
