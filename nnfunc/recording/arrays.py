"""Arrays that record the NumPy calls made on them.

They pass for `numpy.ndarray`, but are not, so that their entries cannot become constants of a recording unnoticed.
"""

import functools
from collections.abc import Callable
from typing import Any, NoReturn, cast

import numpy as np

from nnfunc.base.array import Array, is_array, shape_text
from nnfunc.base.errors import RecordingError
from nnfunc.recording.tape import REAL, Ref, Tape, is_dense, noted, refusal
from nnfunc.tracing import tree
from nnfunc.tracing.source import name_of
from nnfunc.tracing.stand_in import StandIn

RECORDING_RULES: dict[Any, Callable[..., Any]] = {}
"""Rules that record NumPy functions; ".sum" is a method, "ufunc" stands for all ufuncs, "**" for the operator."""

RECORDED = ", recorded>"
"""The end of the repr of a recorded array."""

FLAGS = "writeable", "c_contiguous", "f_contiguous", "aligned"

SAME = "which would stay the same in all later calls"


class RecordedArray(StandIn):
    """An array that records on a tape what NumPy does with it. `array` is a view of value number `value`."""

    __slots__ = ("array", "tape", "value")

    def __init__(self, tape: Tape, value: int, array: Array, *, is_scalar: bool = False) -> None:
        self.tape, self.value, self.array = tape, value, array
        super().__init__(array.shape, array.dtype, is_scalar, **{name: getattr(array.flags, name) for name in FLAGS})

    def __repr__(self) -> str:
        return f"<{shape_text(self.array)} {self.dtype}{RECORDED}"  # no entries: a text would keep them as constants

    @property
    def strides(self) -> tuple[int, ...]:
        """The strides in bytes."""
        return self.array.strides

    def seen_as(self, view: Array, *, is_scalar: bool = False) -> "RecordedArray":
        """Return a recorded array for a view of this one."""
        seen = RecordedArray(self.tape, self.value, view, is_scalar=is_scalar)
        seen.flags.writeable &= self.flags.writeable or self.is_scalar
        return seen

    def view(self, *kinds: Any) -> "RecordedArray":
        """Return a view of the same entries, with separate flags."""
        if kinds:
            raise refusal("not change what the bytes of an array mean", "another dtype", "Use astype?")
        return self.seen_as(self.array, is_scalar=self.is_scalar)

    def ref(self) -> Ref:
        """Return the reference to this array on the tape."""
        if self.tape.is_over:
            raise refusal(
                "use arrays of this call",
                "one of an earlier call, which a function must not keep",
                "Return it, and pass it as an argument.",
            )
        return self.tape.ref(self.value, self.array)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        """Record `ufunc(*inputs)`, or a method of it such as `reduce`."""
        with noted():
            return RECORDING_RULES["ufunc"](ufunc, method, inputs, options)

    def __array_function__(self, f: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Record any other NumPy function."""
        return _by_rule(f, f, *args, **kwargs)

    def _method(self, name: str) -> Callable[..., Any]:
        if f".{name}" not in RECORDING_RULES:
            raise uncovered(getattr(np.ndarray, name))
        return functools.partial(_by_rule, f".{name}", getattr(np.ndarray, name), self)

    def __pow__(self, exponent: Any) -> Any:
        return RECORDING_RULES["**"](self, exponent)

    def __rpow__(self, base: Any) -> Any:
        return RECORDING_RULES["**"](base, self)

    def __getitem__(self, key: Any) -> "RecordedArray":
        keys: tuple[Any, ...] = cast("Any", key) if isinstance(key, tuple) else (key,)
        for k in keys:
            if not _is_basic(k):
                raise refusal(
                    "index with numbers and slices",
                    "an array" if type(k) is RecordedArray else f"an index of type {type(k).__name__}",
                    "Index before the call, or use np.where, or a product with a matrix of 0 and 1?",
                    otherwise="an index",
                )
        if self.is_scalar:
            return cast("RecordedArray", RECORDING_RULES[np.copy](self)[keys])
        has_ellipsis = any(k is Ellipsis for k in keys)
        view: Array = self.array[keys if has_ellipsis else (*keys, ...)]  # an entry is a 0-d view, not a number
        return self.seen_as(view, is_scalar=not (view.ndim or has_ellipsis))

    def __setitem__(self, key: Any, value: Any) -> NoReturn:
        raise refusal(
            "create a new array",
            "an assignment to entries",
            "Use np.where, or np.concatenate?",
            otherwise="an assignment",
        )

    def __len__(self) -> int:
        return len(self.array)

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        raise refusal(
            "stay a recorded array",
            f"{super().__repr__()} made into another array, {SAME}",
            "Leave np.asarray and np.array out, index before the call, and use np.stack in place of a list of arrays?",
            otherwise="np.asarray",
        )

    def _without_entries(self, what: str, /) -> Exception:
        is_number = what == "a number"
        return refusal(
            "not convert an array to a number" if is_number else "not depend on the entries of an array",
            f"{super().__repr__()} as {what}, {SAME}",
            "Keep it an array, or return it and convert it outside?" if is_number else "Use np.where?",
            otherwise=what,
        )


def _by_rule(rule: Any, f: Any, /, *args: Any, **options: Any) -> Any:
    """Record `f(*args, **options)` by a rule of the table."""
    if rule not in RECORDING_RULES:
        raise uncovered(f)
    if options.get("out") is not None:
        raise refusal("create a new array", "out=", "Use the result.")
    try:
        with noted():
            return RECORDING_RULES[rule](*args, **options)
    except TypeError:
        f(*plain(args), **{name: plain(x) for name, x in options.items()})  # raises NumPy's own error, if there is one
        raise uncovered(f, " with an option that cannot") from None


def _is_basic(key: Any) -> bool:
    """Return whether an index creates a view."""
    return (
        type(key) is not RecordedArray
        and not isinstance(key, bool)
        and (key is None or key is Ellipsis or isinstance(key, slice | int | np.integer))
    )


def uncovered(f: Any, what: str = ", which cannot") -> RecordingError:
    """Return the error for a function that cannot be recorded."""
    return refusal(
        "use functions that can be recorded",
        f"{name_of(f)}{what}",
        "Call it before or after, or write it in others.",
        otherwise=name_of(f),
    )


def plain(x: Any) -> Any:
    """Return the arguments of a call with recorded arrays replaced by the NumPy arrays they hold."""
    return _over(_plain, x)


def _over(f: Callable[[Any], Any], x: Any) -> Any:
    return tree.TYPE_OF(x)(_over(f, each) for each in x) if type(x) in (tuple, list) else f(x)


def _plain(x: Any) -> Any:
    if type(x) is not RecordedArray and is_array(x):
        raise refusal(
            "use arrays that are arguments or computed from them",
            f"an array ({shape_text(x)}, {x.dtype}) that would stay the same in all later calls",
            "Pass it as an argument, or use np.full_like?",
        )
    return x.array if type(x) is RecordedArray else x


def recorded_in(x: Any) -> list[RecordedArray]:
    """Return the recorded arrays among the arguments of a call."""
    return [leaf for leaf in cast("list[Any]", tree.leaves(x)) if type(leaf) is RecordedArray]


def made(f: Any, args: tuple[Any, ...], options: dict[str, Any], result: Any) -> RecordedArray:
    """Add the call `f(*args, **options)` and its fresh result to the tape of the arguments; return the result."""
    if isinstance(result, tuple | list):
        raise refusal("return one array", f"several of {name_of(f)}", "Use a function for each of them.")
    tape = recorded_in(args)[0].tape
    array = np.asarray(result)
    if array.dtype.kind not in REAL:
        raise uncovered(f)
    if not is_dense(array):  # f returned a view of a new array, or an argument
        array = array.copy("K")
    value = tape.add(f, _over(_ref_of, args), options, array)
    return RecordedArray(tape, value, array, is_scalar=not isinstance(result, np.ndarray))


def _ref_of(x: Any) -> Any:
    return x.ref() if type(x) is RecordedArray else x
