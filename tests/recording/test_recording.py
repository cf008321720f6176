# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportConstantRedefinition=false
"""What a recording would freeze, and what else cannot be recorded, is refused and named."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from tests.networks import batch, small
from tests.recording.comparing import difference, recorded

pytestmark = pytest.mark.usefixtures("in_python")

generator = np.random.default_rng(0)


class Model:
    rate = 0.1


FROZEN: dict[str, tuple[Callable[..., Any], list[tuple[Any, ...]]]] = {
    "filled with an argument": (lambda x: np.full_like(x, x.mean()), [(np.ones(3),), (np.zeros(3),)]),
    "condition of floats": (lambda x: np.where(x, x + 1, 7), [(np.array([0.0, 2.0]),), (np.array([3.0, 0.0]),)]),
    "diagonal": (lambda x: np.diag(x) * 2, [(np.eye(3),), (np.ones((3, 3)),)]),
    "step of a temporary array": (lambda x: np.heaviside(x + 1, 0), [(np.ones(2000),), (np.full(2000, np.nan),)]),
    "an argument twice": (lambda a, b: a @ b.T, [(x := np.random.default_rng(0).random((8, 8)), x), (x + 1, x + 1), (x, x)]),
    "float16": (lambda x: (x.mean(), x.var(), x.std(0)), [(np.arange(5001).astype(np.float16) / 5001,)] * 2),
}  # fmt: skip


@pytest.mark.parametrize("name", FROZEN)
def test_what_might_be_frozen_is_not(name: str) -> None:
    f, calls = FROZEN[name]
    replayed = recorded(f)
    for args in calls * 2:
        want, got = f(*args), replayed(*args)
        for a, b in zip(*([x] if isinstance(x, np.ndarray) else x for x in (want, got)), strict=True):
            assert difference(a, b) is None


def caught(f: Callable[..., Any]) -> Callable[..., Any]:
    def g(*args: Any) -> Any:
        try:
            return f(*args)
        except Exception:
            return args[0] * 0

    return g


@pytest.mark.parametrize(
    ("f", "args"),
    [
        (caught(np.linalg.inv), (np.zeros((2, 2)),)),
        (caught(lambda x: x * float(x.sum())), (np.ones(2),)),
        (np.repeat, (np.ones(1), np.array(3))),
        (np.tile, (np.ones(1), np.array(3))),
        (lambda x: np.clip(x, 0, 1, x), (np.ones(2),)),
        (lambda x: x.cumsum(0, None, x), (np.ones(2),)),
        (lambda x: np.sum(x, 0, None, x), (np.ones(2),)),
        (lambda x: np.nan_to_num(x, copy=False), (np.ones(2),)),
        (lambda x, y: np.atleast_2d(x, y), (np.ones(2), np.ones(2))),
        (lambda x: x.astype(object), (np.ones(2),)),
        (lambda x: x * 1j, (np.ones(2),)),
        (lambda m, x: x * m.rate, (Model(), np.ones(2))),
        (lambda x: x[int(generator.integers(1000)) :][:3], (np.ones(2000),)),
    ],
)
def test_what_would_be_frozen_is_refused(f: Any, args: tuple[Any, ...]) -> None:
    with pytest.raises((nn.RecordingError, TypeError)):
        recorded(f)(*args)


Z, b, W = np.ones((3, 4)), np.ones((3, 1)), np.ones((2, 3))
rng = np.random.default_rng(0)
kept: list[Any] = []


def in_place(Z: Any) -> Any:
    Z += 1
    return Z


def into_out(Z: Any) -> Any:
    return np.add(Z, 1, out=Z)


def assigned(Z: Any) -> Any:
    Z[0] = 1
    return Z


def branch(Z: Any) -> Any:
    return Z if Z.max() > 0 else -Z


def number(Z: Any) -> Any:
    return Z * float(Z.sum())


def item(Z: Any) -> Any:
    return Z * Z.sum().item()


def fancy(Z: Any) -> Any:
    return Z[[0, 2]]


def masked(Z: Any) -> Any:
    return Z[Z > 0]


def converted(Z: Any) -> Any:
    return np.exp(np.asarray(Z))


def dropout(Z: Any) -> Any:
    return Z * rng.random(Z.shape)


def from_outside(Z: Any) -> Any:
    return W @ Z


def unknown(Z: Any) -> Any:
    return np.linalg.svd(Z)[0]


def sorted_in_place(Z: Any) -> Any:
    Z.sort()
    return Z


def keeping(Z: Any) -> Any:
    kept.append(Z)
    return Z + kept[0]


def nowhere(Z: Any) -> Any:
    return np.zeros(3)


def opaque(Z: Any) -> Any:
    return {1, 2}


def random_number(Z: Any) -> Any:
    return Z * float(rng.random())


def where_alone(Z: Any) -> Any:
    return np.where(Z > 0)


def silenced(Z: Any) -> Any:
    with np.errstate(divide="ignore"):
        return np.log(Z)


def some_of_it(Z: Any) -> Any:
    return Z.mean(where=True)


def text(Z: Any) -> Any:
    return {"loss": Z.mean(), "text": f"{Z.mean():.3f}"}


def along(Z: Any) -> Any:
    return np.sum(Z, axis=np.array(0))


REFUSED: dict[Callable[[Any], Any], str] = {
    silenced: "silenced, line {}: np.log(Z) must use one floating-point error setting throughout; got np.errstate inside it. Put it around the call.",
    some_of_it: "some_of_it, line {}: Z.mean(where=True) must use functions that can be recorded; got np.mean with an option that cannot. Call it before or after, or write it in others.",
    text: "text: its result must not hold the text of an array, which would stay the same in all later calls; got '<a scalar float64, recorded>'. Return the array, and format the text outside?",
    along: "along, line {}: np.sum(Z, axis=np.array(0)) must not pass an array as an option; got np.add with one in axis=. Pass a Python number.",
    in_place: "in_place, line {}: Z += 1 must create a new array; got an array that is written to. Write Z = Z + b instead of Z += b or out=Z.",
    into_out: "into_out, line {}: np.add(Z, 1, out=Z) must create a new array; got an array that is written to. Write Z = Z + b instead of Z += b or out=Z.",
    assigned: "assigned, line {}: Z[0] must create a new array; got an assignment to entries. Use np.where, or np.concatenate?",
    branch: "branch, line {}: Z.max() > 0 must not depend on the entries of an array; got (a scalar, bool) as a condition, which would stay the same in all later calls. Use np.where?",
    number: "number, line {}: float(Z.sum()) must not convert an array to a number; got (a scalar, float64) as a number, which would stay the same in all later calls. Keep it an array, or return it and convert it outside?",
    item: "item, line {}: Z.sum().item() must not convert an array to a number; got (a scalar, float64) as a number, which would stay the same in all later calls. Keep it an array, or return it and convert it outside?",
    fancy: "fancy, line {}: Z[[0, 2]] must index with numbers and slices; got an index of type list. Index before the call, or use np.where, or a product with a matrix of 0 and 1?",
    masked: "masked, line {}: Z[Z > 0] must index with numbers and slices; got an array. Index before the call, or use np.where, or a product with a matrix of 0 and 1?",
    converted: "converted, line {}: np.asarray(Z) must stay a recorded array; got (3×4, float64) made into another array, which would stay the same in all later calls. Leave np.asarray and np.array out, index before the call, and use np.stack in place of a list of arrays?",
    dropout: "dropout, line {}: Z * rng.random(Z.shape) must use arrays that are arguments or computed from them; got an array (3×4, float64) that would stay the same in all later calls. Pass it as an argument, or use np.full_like?",
    from_outside: "from_outside, line {}: W @ Z must use arrays that are arguments or computed from them; got an array (2×3, float64) that would stay the same in all later calls. Pass it as an argument, or use np.full_like?",
    unknown: "unknown, line {}: np.linalg.svd(Z) must use functions that can be recorded; got np.linalg.svd, which cannot. Call it before or after, or write it in others.",
    where_alone: "where_alone, line {}: np.where(Z > 0) must have three arguments; got the condition alone, whose result has another size in each call. Pass what to take where it holds, and where not.",
    keeping: "keeping, line {}: Z + kept[0] must use arrays of this call; got one of an earlier call, which a function must not keep. Return it, and pass it as an argument.",
    sorted_in_place: "sorted_in_place, line {}: Z.sort must use functions that can be recorded; got np.sort, which cannot. Call it before or after, or write it in others.",
    nowhere: "nowhere: its result must be computed from its arguments; got an array (3, float64) that would stay the same in all later calls. Compute it from arguments?",
    opaque: "opaque: its result must be arrays, constants, or tuples, lists, dicts and dataclasses of them; got a value of type set. Return its arrays?",
}  # fmt: skip


@pytest.mark.parametrize("f", REFUSED, ids=lambda f: f.__name__)
def test_what_cannot_be_recorded_is_named(f: Any) -> None:
    replayed, x = recorded(f), Z.copy()
    for _ in range(2):
        with pytest.raises(nn.RecordingError) as caught:
            replayed(x)
        kept.clear()
        start = f.__code__.co_firstlineno
        assert str(caught.value) in [REFUSED[f].format(start + k) for k in (1, 2)]
        assert np.array_equal(x, Z)


def test_what_differs_between_two_calls_is_refused() -> None:
    with pytest.raises(nn.RecordingError) as caught:
        recorded(random_number)(Z)
    assert str(caught.value).startswith(
        "tests.recording.test_recording.random_number: it must do the same in each call with the same arguments; got np.multiply(3×4 float64, 0."
    )
    count = iter(range(10))
    with pytest.raises(nn.RecordingError, match="it must do the same"):
        recorded(lambda Z: Z[next(count) :])(Z)


@pytest.mark.parametrize(("arg", "message"), [
    ({1, 2}, "arguments must be arrays, constants, or tuples, lists, dicts and dataclasses of them; got a value of type set. Pass its arrays."),
    (np.ma.masked_array([1.0]), "arrays must be plain; got one of type MaskedArray. Pass np.asarray of it?"),
    (np.zeros(2, "f4,f4"), "arrays must have a real dtype; got .*. Convert it?"),
    (OrderedDict(a=1), "got a value of type OrderedDict"),
])  # fmt: skip
def test_arguments_that_cannot_be_recorded(arg: Any, message: str) -> None:
    with pytest.raises(nn.RecordingError, match=message):
        recorded(lambda x: x)(arg)


def test_only_functions_that_return_arrays_can_be_recorded() -> None:
    def generator() -> Any:
        yield 1

    async def later() -> None: ...

    for f in (generator, later, dict):
        with pytest.raises(nn.SettingError, match="recorded: it must decorate a function that returns arrays"):
            recorded(f)
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        recorded(lambda x: x)()


def test_errors_of_numpy_come_through() -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match="matmul"):
            recorded(lambda Z: Z @ Z)(Z)


def test_a_gradient_within_a_recording_is_refused() -> None:
    params = small(2)
    with pytest.raises(nn.RecordingError, match="it must be called outside a recording or proof"):
        recorded(nn.gradient)(params, *batch(params))
