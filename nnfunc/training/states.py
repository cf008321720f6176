"""The state from which training resumes as if it had never stopped, and the check that its inputs are the same."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial
from types import FunctionType, MethodType
from typing import Any

import numpy as np

from nnfunc.base.array import is_array
from nnfunc.base.errors import SettingError
from nnfunc.data.dataset import Dataset, digest_of
from nnfunc.model.params import Params
from nnfunc.optimizers import OptimizerState
from nnfunc.tracing.tree import TYPE_OF, leaves, names


@dataclass(frozen=True, eq=False)
class Best:
    """The epoch with the lowest validation cost so far."""

    number: int
    """The number of the epoch, counted from 1."""
    params: Params
    validation_cost: float
    since: int = 0
    """The number of epochs after it, without a lower cost."""


@dataclass(frozen=True, eq=False)
class Origin:
    """A run's inputs, apart from its network: other settings, or other data, are another run."""

    settings: Mapping[str, str]
    """The options of `nn.train` by name, as text."""
    data: Dataset | str
    """The training samples, or their SHA-256."""

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the training samples."""
        return self.data if isinstance(self.data, str) else digest_of(self.data)

    def __reduce__(self) -> tuple[type["Origin"], tuple[dict[str, str], str]]:
        """Pickle the hash instead of the samples."""
        return Origin, (dict(self.settings), self.sha256)

    def differences(self, then: "Origin") -> Iterator[tuple[str, str, str]]:
        """Yield the name, former and present text of all that differs; for data, the beginning of their hash."""
        for name in sorted(self.settings.keys() | then.settings.keys()):
            one, other = then.settings.get(name, "nothing"), self.settings.get(name, "nothing")
            if one != other:
                yield name, one, other
        if self.data is not then.data and self.sha256 != then.sha256:
            yield "data", f"SHA-256 {then.sha256[:12]}…", f"SHA-256 {self.sha256[:12]}…"


@dataclass(frozen=True, eq=False)
class State:
    """All that training needs to resume, with the same result as if it had never stopped."""

    epoch: int
    """The number of epochs that are done."""
    step: int
    """The number of steps that are done of the next epoch."""
    params: Params
    optimizer: OptimizerState
    """The state of the optimizer."""
    shuffling: str
    """The state of the generator that shuffles the samples, before it does so for the next epoch, as JSON."""
    origin: Origin
    best: Best | None = None


def text_of(value: Any, depth: int = 4) -> str:
    """Return a value as text: a function by its name and the numbers in it, another object by its type and fields."""
    if isinstance(value, partial):
        value = (value.func, *value.args, *value.keywords.items())
    kind = TYPE_OF(value)
    if value is None or isinstance(value, str | int | float) or issubclass(kind, np.generic):
        return str(value)
    if is_array(value):
        return f"SHA-256 {hashlib.sha256(np.ascontiguousarray(value).data).hexdigest()[:12]}…"
    if (tuple in kind.__mro__ or kind in (list, dict)) and depth:
        return f"({', '.join(text_of(item, depth - 1) for item in (value.items() if kind is dict else value))})"
    if hasattr(value, "__qualname__"):
        of = f" of {text_of(value.__self__, depth - 1)}" if isinstance(value, MethodType) and depth else ""
        return f"{value.__module__}.{value.__qualname__}{_numbers_in(value) or ''}{of}"
    fields: Any = (names(kind) or getattr(value, "__dict__", ())) if depth else ()
    return f"{kind.__qualname__}({', '.join(f'{name}={text_of(getattr(value, name), depth - 1)}' for name in fields)})"


def _numbers_in(f: Any) -> list[float]:
    """Return the numbers in a Python function: in its constants, defaults and closure."""
    if not isinstance(f, FunctionType):
        return []
    found = [*f.__code__.co_consts, *(f.__defaults__ or ()), *(f.__kwdefaults__ or {}).values()]
    for cell in f.__closure__ or ():
        with suppress(ValueError):  # the cell is still empty
            found.append(cell.cell_contents)
    return [x for x in found if type(x) in (int, float)]


def check_resume(state: Any, now: State, epochs: int, steps: int, stride: int) -> State:
    """Return the state if a run can resume from it; raise otherwise.

    Args:
        state: the state to resume from.
        now: the state in which the run would begin without it.
        epochs: number of epochs of the run.
        steps: number of steps of an epoch.
        stride: an epoch can resume only at multiples of this many steps.

    Raises:
        SettingError: it is not a state, or that of another run; the message says what differs.
    """
    if not isinstance(state, State):
        raise SettingError(
            f"train: resume must be the state of an epoch; got a value of type {type(state).__name__}. "
            f"Pass epoch.state?"
        )
    if _kind(state.params) != _kind(now.params):
        raise SettingError(
            f"train: params must be of the network that resume has, {_kind(state.params)}; got {_kind(now.params)}. "
            f"Pass its first params?"
        )
    if _functions(state.params) != _functions(now.params):
        raise SettingError(
            "train: the functions of params must be those that resume has; got others of the same name. "
            "Pass its first params?"
        )
    if found := list(now.origin.differences(state.origin)):
        before, given = (", ".join(f"{name}={texts[i]}" for name, *texts in found) for i in (0, 1))
        raise SettingError(f"train: settings must be those before resume, {before}; got {given}. Start a new run?")
    remembered, expected = ([(x.shape, x.dtype) for x in leaves(one.optimizer)] for one in (state, now))
    if remembered != expected:
        raise SettingError("train: resume must hold the state of this optimizer; got something else. Is it damaged?")
    if epochs < state.epoch or (epochs == state.epoch and state.step):
        raise SettingError(
            f"train: epochs must be at least {state.epoch + bool(state.step)}, where resume stands; got {epochs}. "
            f"They count from the beginning."
        )
    if state.step % stride or state.step >= steps:
        raise SettingError(
            f"train: resume must stand at a multiple of {stride} steps of an epoch of {steps}; got step {state.step}. "
            f"Was it saved by another nnfunc?"
        )
    return state


def _functions(params: Params) -> list[Any]:
    """Return the functions of a network as text and code, which are equal when a notebook cell has run again."""
    several = [*(layer.activation for layer in params.layers), params.cost]
    functions = [f for each in several for f in vars(each).values() if callable(f)]
    return [(text_of(f), getattr(f, "__code__", None)) for f in functions]


def _kind(params: Params) -> str:
    sizes, activations = "-".join(map(str, params.sizes)), ", ".join(layer.activation.name for layer in params.layers)
    return f"{sizes} ({activations}; {params.cost}; {params.dtype})"


def shuffling_of(rng: "np.random.Generator") -> str:
    """Return the state of a generator as JSON."""
    return json.dumps(rng.bit_generator.state)


def generator_of(shuffling: str) -> "np.random.Generator":
    """Return a generator in a state, given as JSON."""
    rng = np.random.default_rng(0)
    rng.bit_generator.state = json.loads(shuffling)
    return rng
