"""To pyrefly `checked` is its own declaration of dimensions; nothing else reads this folder."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from shape_extensions import static_jaxtyping as checked

__all__ = ["checked", "checks_are_on", "is_checked", "requires"]

P = ParamSpec("P")
R = TypeVar("R")

def requires(check: Callable[..., None]) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def is_checked(f: Callable[..., object]) -> bool: ...
def checks_are_on() -> bool: ...
