"""To pyrefly `checked` is its own declaration of dimensions; nothing else reads this folder."""

from collections.abc import Callable

from shape_extensions import static_jaxtyping as checked, static_jaxtyping as checked_with

__all__ = ["checked", "checked_with", "checks_are_on", "is_checked"]

def is_checked(f: Callable[..., object]) -> bool: ...
def checks_are_on() -> bool: ...
