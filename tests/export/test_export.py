"""Networks as ONNX: the same numbers elsewhere, and back."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.activations import OUTPUTS
from nnfunc.costs import costs_of
from nnfunc.export import from_onnx, to_onnx
from nnfunc.export.models import NODES, OPSET
from tests.networks import leaves_equal

onnx: Any = pytest.importorskip("onnx")

HIDDEN = [name for name in NODES if name != "softmax"]


def ready(sizes: tuple[int, ...], **settings: Any) -> nn.Params:
    """A network with random biases."""
    rng, params = np.random.default_rng(1), nn.init(sizes, **settings)
    layers = (
        nn.Layer(layer.W, rng.normal(size=layer.b.shape).astype(layer.b.dtype), layer.activation)
        for layer in params.layers
    )
    return nn.Params(tuple(layers), params.cost)


def elsewhere(params: nn.Params, X: nn.Array) -> list[nn.Array]:
    """A[L] by onnxruntime and by the reference evaluator of ONNX, for columns."""
    reference: Any = pytest.importorskip("onnx.reference")
    runtime: Any = pytest.importorskip("onnxruntime")
    content = to_onnx(params).SerializeToString()
    rows = {"X": np.ascontiguousarray(X.T)}
    session = runtime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return [session.run(["A"], rows)[0].T, reference.ReferenceEvaluator(content).run(["A"], rows)[0].T]


@pytest.mark.parametrize(("activation", "output"), list(itertools.product(HIDDEN, NODES)))
def test_the_same_numbers_elsewhere(activation: str, output: str) -> None:
    params = ready((7, 5, 4, 3), activation=activation, output=output, cost=costs_of(OUTPUTS[output])[0])
    X = np.random.default_rng(0).normal(size=(7, 11)).astype(np.float32)
    A = nn.forward(params, X).output
    for found in elsewhere(params, X):
        assert found.dtype == np.float32
        assert np.allclose(found, A, rtol=1e-6, atol=1e-6)


def test_all_outputs_are_known() -> None:
    assert set(NODES) == set(OUTPUTS)


@pytest.mark.parametrize("output", NODES)
def test_a_network_comes_back(tmp_path: Path, output: str) -> None:
    params = ready((7, 5, 4, 3), activation=("elu", "leaky_relu"), output=output, cost=costs_of(OUTPUTS[output])[0])
    path = tmp_path / "model.onnx"
    path.write_bytes(to_onnx(params).SerializeToString())
    found = from_onnx(path)
    assert leaves_equal(found, params)
    assert [layer.activation.name for layer in found.layers] == [layer.activation.name for layer in params.layers]


def test_float64_is_exported_as_float32() -> None:
    params = ready((7, 5, 3), activation="elu", dtype=np.float64)
    X = np.random.default_rng(0).normal(size=(7, 11)).astype(np.float32)
    for found in elsewhere(params, X):
        assert np.allclose(found, nn.forward(params, X.astype(np.float64)).output, rtol=1e-5, atol=1e-6)


def test_the_graph_is_clean() -> None:
    model = to_onnx(ready((7, 5, 3)))
    assert [node.op_type for node in model.graph.node] == ["Gemm", "Relu", "Gemm", "Softmax"]
    assert [x.name for x in model.graph.input] == ["X"]
    assert model.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "m"
    assert [(x.domain, x.version) for x in model.opset_import] == [("", OPSET)]
    assert (model.producer_name, model.graph.name) == ("nnfunc", "7-5-3")


def test_a_function_of_ones_own_cannot_be_exported() -> None:
    double = nn.Activation("double", lambda Z: 2 * Z, lambda Z: np.full_like(Z, 2))
    with pytest.raises(nn.SettingError, match="to_onnx: activations must be built-in ones; got 'double' in layer 1"):
        to_onnx(nn.init((7, 5, 3), activation=double))


def test_all_test_images_have_the_same_class_in_onnxruntime(mnist_folder: Path) -> None:
    training, test = nn.load_mnist(mnist_folder)
    *_, last = nn.train(nn.init((784, 128, 10)), training, learning_rate=0.1, batch=128, epochs=2)
    X = nn.scale(test.X)
    for found in elsewhere(last.params, X):
        assert np.array_equal(found.argmax(axis=0), nn.predict(last.params, test.X))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("classes", [2, 4])
def test_what_scikit_learns_exporter_writes(tmp_path: Path, classes: int) -> None:
    skl2onnx: Any = pytest.importorskip("skl2onnx")
    network: Any = pytest.importorskip("sklearn.neural_network")
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 7)).astype(np.float32), np.arange(60) % classes
    theirs = network.MLPClassifier(hidden_layer_sizes=(6, 5), activation="tanh", max_iter=5).fit(X, y)
    types = [("X", skl2onnx.common.data_types.FloatTensorType([None, 7]))]
    model = skl2onnx.convert_sklearn(theirs, initial_types=types)
    (tmp_path / "m.onnx").write_bytes(model.SerializeToString())
    params = from_onnx(tmp_path / "m.onnx")
    assert [layer.activation.name for layer in params.layers][:2] == ["tanh", "tanh"]
    A = nn.probabilities(params, X.T)
    assert np.allclose(A if classes > 2 else np.vstack([1 - A, A]), theirs.predict_proba(X).T, atol=1e-5)


@pytest.mark.filterwarnings("ignore")
def test_what_pytorchs_exporter_writes(tmp_path: Path) -> None:
    torch: Any = pytest.importorskip("torch")
    pytest.importorskip("onnxscript")
    layers = torch.nn.Linear(7, 5), torch.nn.LeakyReLU(), torch.nn.Linear(5, 3), torch.nn.Softmax(dim=1)
    theirs, X = torch.nn.Sequential(*layers), torch.randn(11, 7)
    torch.onnx.export(theirs, (X,), str(tmp_path / "m.onnx"), external_data=False)
    params = from_onnx(tmp_path / "m.onnx")
    assert np.allclose(nn.probabilities(params, X.numpy().T), theirs(X).detach().numpy().T, atol=1e-5)


# other files


def changed(tmp_path: Path, change: Callable[[Any], object]) -> str:
    """What is said of a model that was changed."""
    model = to_onnx(ready((7, 5, 3)))
    change(model)
    path = tmp_path / "m.onnx"
    path.write_bytes(model.SerializeToString())
    with pytest.raises(nn.CheckpointError) as caught:
        from_onnx(path)
    return str(caught.value)


def add_convolution(model: Any) -> None:
    node = onnx.helper.make_node("Conv", ["X", "W1"], ["C"], "convolution")
    model.graph.node[0].input[0] = "C"
    model.graph.node.insert(0, node)


def keep_elsewhere(model: Any) -> None:
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../etc/passwd")


def fork(model: Any) -> None:
    model.graph.node.append(onnx.helper.make_node("Relu", ["Z1"], ["B"], "other"))


def multiply(model: Any) -> None:
    model.graph.node[0].attribute.append(onnx.helper.make_attribute("alpha", 2.0))


def axis(model: Any) -> None:
    model.graph.node[3].attribute[0].i = 0


def use(kind: str, *, at: int, inputs: list[str], **attributes: Any) -> Callable[[Any], None]:
    """Put an operator before node `at`, which reads its result in place of its first input."""

    def change(model: Any) -> None:
        node = model.graph.node[at]
        given = [node.input[0] if name == "@" else name for name in inputs]
        node.input[0] = "new"
        model.graph.node.insert(at, onnx.helper.make_node(kind, given, ["new"], "odd", **attributes))

    return change


def name_the_output(name: str, size: int) -> Callable[[Any], None]:
    def change(model: Any) -> None:
        output = onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["m", size])
        model.graph.ClearField("output")
        model.graph.output.append(output)

    return change


def bias_for_each_row(model: Any) -> None:
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.ones((5, 1), np.float32), "c"))
    model.graph.node.insert(1, onnx.helper.make_node("Add", ["Z1", "c"], ["new"], "odd"))
    model.graph.node[2].input[0] = "new"
    del model.graph.node[0].input[2]


def another_domain(model: Any) -> None:
    model.graph.node[1].domain = "mine"
    model.opset_import.append(onnx.helper.make_opsetid("mine", 1))


CHANGES: dict[str, tuple[Callable[[Any], object], str]] = {
    "convolution": (add_convolution, "m.onnx: must be a plain stack of Gemm, MatMul, Add and activations; got Conv"),
    "new operators": (lambda model: setattr(model.opset_import[0], "version", 999), "m.onnx: "),
    "external data": (keep_elsewhere, "m.onnx: "),
    "fork": (
        fork,
        "m.onnx: must be a plain stack of Gemm, MatMul, Add and activations, one after the other, to the output; got ",
    ),
    "skip": (use("Concat", at=2, inputs=["@", "X"], axis=1), "m.onnx: must be a plain stack"),
    "shift": (use("Sub", at=1, inputs=["@", "b1"]), "m.onnx: must be a plain stack"),
    "whole numbers": (use("Cast", at=2, inputs=["@"], to=6), "m.onnx: "),
    "flattened": (use("Flatten", at=2, inputs=["@"], axis=0), "m.onnx: must be a plain stack"),
    "logits": (name_the_output("Z2", 3), "m.onnx: must be a plain stack"),
    "hidden": (name_the_output("A1", 5), "m.onnx: must be a plain stack"),
    "rows": (bias_for_each_row, "m.onnx: Add must have one constant vector of 5; got 5×1"),
    "domain": (another_domain, "m.onnx: operators must be ONNX's own; got Relu of 'mine'"),
    "factor": (multiply, "m.onnx: Gemm must be A W + b, without factors"),
    "axis": (axis, "m.onnx: axis of Softmax must be 1; got 0"),
    "no weights": (lambda model: model.graph.ClearField("initializer"), "m.onnx: "),
    "no nodes": (lambda model: model.graph.ClearField("node"), "m.onnx: "),
}


@pytest.mark.parametrize(("change", "message"), CHANGES.values(), ids=CHANGES)
def test_other_graphs_are_refused(tmp_path: Path, change: Callable[[Any], object], message: str) -> None:
    assert changed(tmp_path, change).startswith(message)


def test_constants_may_be_nodes(tmp_path: Path) -> None:
    params = ready((7, 5, 3))
    model = to_onnx(params)
    tensor = model.graph.initializer[0]
    model.graph.node.insert(0, onnx.helper.make_node("Constant", [], ["W1"], "constant", value=tensor))
    del model.graph.initializer[0]
    (tmp_path / "m.onnx").write_bytes(model.SerializeToString())
    assert leaves_equal(from_onnx(tmp_path / "m.onnx"), params)


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    content, path = to_onnx(ready((7, 5, 3))).SerializeToString(), tmp_path / "m.onnx"
    for length in range(0, len(content), 13):
        path.write_bytes(content[:length])
        with pytest.raises(nn.CheckpointError):
            from_onnx(path)
    rng = np.random.default_rng(0)
    for _ in range(300):
        damaged = bytearray(content)
        damaged[rng.integers(len(content))] ^= 1 << int(rng.integers(8))
        path.write_bytes(damaged)
        try:
            from_onnx(path)
        except nn.NnfuncError:
            continue
    with pytest.raises(nn.DataError, match="file must exist"):
        from_onnx(tmp_path / "nowhere")
