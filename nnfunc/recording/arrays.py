"""Arrays that record. They pass for `numpy.ndarray`, so that all checks run on them, but are none.

So nothing of what they hold can leave a recording unnoticed and become a constant of it.
"""

import functools
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, NoReturn, cast

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from nnfunc.array import Array, shape_text
from nnfunc.errors import RecordingError
from nnfunc.recording.tape import REAL, Ref, Tape, is_dense, no_argument, noted, refusal
from nnfunc.source import name_of

RULES: dict[Any, Callable[..., Any]] = {}
"""How each function of NumPy is recorded; ".sum" is a method, "ufunc" stands for all ufuncs, "**" for the operator."""

RECORDED = ", recorded>"
"""The end of the text of an array."""

SAME = "which would stay the same in all later calls"


class RecordedArray(NDArrayOperatorsMixin):
    """An array that reports what NumPy does with it to a tape. `array` is a view of value number `value`."""

    __slots__ = ("array", "flags", "is_scalar", "tape", "value")
    __hash__ = None  # type: ignore[assignment]
    base = None

    def __init__(self, tape: Tape, value: int, array: Array, *, is_scalar: bool = False) -> None:
        self.tape, self.value, self.array, self.is_scalar = tape, value, array, is_scalar
        own = array.flags
        self.flags = SimpleNamespace(
            writeable=own.writeable, c_contiguous=own.c_contiguous, f_contiguous=own.f_contiguous, aligned=own.aligned
        )

    @property  # type: ignore[misc]
    def __class__(self) -> type:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self.array.dtype.type if self.is_scalar else np.ndarray

    def __repr__(self) -> str:
        return f"<{shape_text(self.array)} {self.dtype}{RECORDED}"  # no entries: they would be constants of a text

    def __format__(self, spec: str) -> str:
        return repr(self)

    @property
    def shape(self) -> tuple[int, ...]:
        """As of the array."""
        return self.array.shape

    @property
    def strides(self) -> tuple[int, ...]:
        """As of the array."""
        return self.array.strides

    @property
    def dtype(self) -> np.dtype[Any]:
        """As of the array."""
        return self.array.dtype

    @property
    def ndim(self) -> int:
        """As of the array."""
        return self.array.ndim

    @property
    def size(self) -> int:
        """As of the array."""
        return self.array.size

    @property
    def nbytes(self) -> int:
        """As of the array."""
        return self.array.nbytes

    @property
    def itemsize(self) -> int:
        """As of the array."""
        return self.array.itemsize

    @property
    def T(self) -> "RecordedArray":
        """The transpose, a view."""
        return self if self.is_scalar else self.seen_as(self.array.T)

    @property
    def mT(self) -> "RecordedArray":
        """The transpose of the last two axes, a view."""
        return self.seen_as(self.array.mT)

    def seen_as(self, view: Array) -> "RecordedArray":
        """A view of this array."""
        seen = RecordedArray(self.tape, self.value, view)
        seen.flags.writeable &= self.flags.writeable or self.is_scalar
        return seen

    def view(self, *kinds: Any) -> "RecordedArray":
        """The same entries, flags of its own."""
        if kinds:
            raise refusal("not change what the bytes of an array mean", "another dtype", "Use astype?")
        seen = self.seen_as(self.array)
        seen.is_scalar = self.is_scalar
        return seen

    def ref(self) -> Ref:
        """Where this array is on the tape."""
        if self.tape.is_over:
            raise refusal(
                "use arrays of this call",
                "one of an earlier call, which a function must not keep",
                "Return it, and pass it as an argument.",
            )
        return self.tape.ref(self.value, self.array)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        """`ufunc(*inputs)`, or a method of it such as `reduce`."""
        with noted():
            return RULES["ufunc"](ufunc, method, inputs, options)

    def __array_function__(self, f: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Any other function of NumPy."""
        return _by_rule(f, f, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or not hasattr(np.ndarray, name):
            raise AttributeError(f"'numpy.ndarray' object has no attribute {name!r}")
        if f".{name}" not in RULES:
            raise unknown(getattr(np.ndarray, name))
        return functools.partial(_by_rule, f".{name}", getattr(np.ndarray, name), self)

    def reshape(self: Any, *shape: Any, **options: Any) -> Any:
        """As `np.reshape`, whose shape may be several arguments."""
        return np.reshape(self, shape[0] if len(shape) == 1 else shape, **options)

    def transpose(self: Any, *axes: Any) -> Any:
        """As `np.transpose`, whose axes may be several arguments."""
        return np.transpose(self, axes[0] if len(axes) == 1 else axes or None)

    def __pow__(self, exponent: Any) -> Any:
        return RULES["**"](self, exponent)

    def __rpow__(self, base: Any) -> Any:
        return RULES["**"](base, self)

    def __getitem__(self, key: Any) -> "RecordedArray":
        keys = as_tuple(key)
        for k in keys:
            if not _is_basic(k):
                raise refusal(
                    "index with numbers and slices",
                    "an array" if type(k) is RecordedArray else f"an index of type {type(k).__name__}",
                    "Index before the call, or use np.where, or a product with a matrix of 0 and 1?",
                    otherwise="an index",
                )
        if self.is_scalar:
            fresh: RecordedArray = RULES[np.copy](self)
            return fresh[keys]
        has_ellipsis = any(k is Ellipsis for k in keys)
        view: Array = self.array[keys if has_ellipsis else (*keys, ...)]  # a view, where an entry would be a number
        seen = self.seen_as(view)
        seen.is_scalar = view.ndim == 0 and not has_ellipsis
        return seen

    def __setitem__(self, key: Any, value: Any) -> NoReturn:
        raise refusal(
            "make a new array",
            "an assignment to entries",
            "Use np.where, or np.concatenate?",
            otherwise="an assignment",
        )

    def __iter__(self) -> Iterator["RecordedArray"]:
        return (self[i] for i in range(len(self)))

    def __len__(self) -> int:
        return len(self.array)

    def __copy__(self) -> "RecordedArray":
        return RULES[".copy"](self)  # type: ignore[no-any-return]

    def __deepcopy__(self, memo: object) -> "RecordedArray":
        return RULES[".copy"](self)  # type: ignore[no-any-return]

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        raise refusal(
            "keep an array in the recording",
            f"({shape_text(self.array)}, {self.dtype}) made into another array, {SAME}",
            "Leave np.asarray and np.array out, index before the call, and use np.stack in place of a list of arrays?",
            otherwise="np.asarray",
        )

    def _frozen(self, what: str) -> RecordingError:
        return refusal(
            "not make a number of an array",
            f"({shape_text(self.array)}, {self.dtype}) as {what}, {SAME}",
            "Keep it an array, or return it and make the number outside?",
            otherwise=what,
        )

    def __bool__(self) -> bool:
        raise refusal(
            "not depend on the entries of an array",
            f"({shape_text(self.array)}, {self.dtype}) as a condition, {SAME}",
            "Use np.where?",
            otherwise="a condition",
        )

    def _number(self, *_: Any) -> NoReturn:
        raise self._frozen("a number")

    __float__ = __int__ = __index__ = __complex__ = __contains__ = __round__ = item = tolist = tobytes = _number


def _by_rule(rule: Any, f: Any, /, *args: Any, **options: Any) -> Any:
    """`f(*args, **options)`, recorded by a rule of the table."""
    if rule not in RULES:
        raise unknown(f)
    if options.get("out") is not None:
        raise refusal("make a new array", "out=", "Use the result.")
    try:
        with noted():
            return RULES[rule](*args, **options)
    except TypeError:
        f(*plain(args), **{name: plain(x) for name, x in options.items()})  # first NumPy's own error, if it has one
        raise unknown(f, " with an option that cannot") from None


def as_tuple(x: Any) -> tuple[Any, ...]:
    """One index or axis, or several of them."""
    return cast("Any", x) if isinstance(x, tuple) else (x,)


def _is_basic(key: Any) -> bool:
    """Whether an index makes a view."""
    if type(key) is RecordedArray or isinstance(key, bool):
        return False
    return key is None or key is Ellipsis or isinstance(key, slice | int | np.integer)


def unknown(f: Any, what: str = ", which cannot") -> RecordingError:
    """The error for a function that cannot be recorded."""
    return refusal(
        "use functions that can be recorded",
        f"{name_of(f)}{what}",
        "Call it before or after, or write it in others.",
        otherwise=name_of(f),
    )


def plain(x: Any) -> Any:
    """The arrays of the recording as arrays of NumPy, for the call itself."""
    if type(x) is RecordedArray:
        return x.array
    if type(x) in (tuple, list):
        return type(x)(map(plain, x))
    if isinstance(x, np.ndarray):
        raise no_argument(cast("Any", x))
    return x


def encoded(x: Any) -> Any:
    """The arrays of the recording as references, for the tape."""
    if type(x) is RecordedArray:
        return x.ref()
    return type(x)(map(encoded, x)) if type(x) in (tuple, list) else x


def recorded_in(x: Any) -> list[RecordedArray]:
    """The arrays of the recording among the arguments of a call."""
    if type(x) is RecordedArray:
        return [x]
    return [each for part in x for each in recorded_in(part)] if type(x) in (tuple, list) else []


def made(f: Any, args: tuple[Any, ...], options: dict[str, Any], result: Any) -> RecordedArray:
    """The fresh result of `f(*args, **options)`, on the tape of the arguments."""
    if isinstance(result, tuple | list):
        raise refusal("return one array", f"several of {name_of(f)}", "Use a function for each of them.")
    tape = recorded_in(args)[0].tape
    array = np.asarray(result)
    if array.dtype.kind not in REAL:
        raise unknown(f)
    if not is_dense(tape.ref_of(array)):  # a view of what f made, or an argument as it is
        array = array.copy("K")
    value = tape.add(f, encoded(args), options, array)
    return RecordedArray(tape, value, array, is_scalar=not isinstance(result, np.ndarray))
