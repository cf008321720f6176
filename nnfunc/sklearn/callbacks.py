"""The callbacks of scikit-learn, where its version has them; where not, classes and functions that do nothing."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class NoContext:
    """Nobody listens."""

    def subcontext(self, **_: Any) -> "NoContext":
        """Nor here."""
        return self

    def call_on_fit_task_begin(self, **_: Any) -> None:
        """Nothing."""

    def call_on_fit_task_end(self, **_: Any) -> bool:
        """Nobody asks to stop."""
        return False


class NoSupport:
    """No callbacks can be set."""

    def _init_callback_context(self, **_: Any) -> NoContext:
        return NoContext()


def as_it_is(method: F) -> F:
    """A method without callbacks."""
    return method


if TYPE_CHECKING:
    from sklearn.callback import CallbackSupportMixin, with_callbacks as with_callbacks

    CallbackSupport = CallbackSupportMixin
else:
    try:
        from sklearn.callback import CallbackSupportMixin as CallbackSupport, with_callbacks
    except ImportError:  # before 1.9
        CallbackSupport, with_callbacks = NoSupport, as_it_is
