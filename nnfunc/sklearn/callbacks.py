"""The callback support of scikit-learn, if its version has it; otherwise stand-ins that do nothing."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class NoContext:
    """A stand-in for a callback context, without callbacks."""

    def subcontext(self, **_: Any) -> "NoContext":
        """Return this context."""
        return self

    def call_on_fit_task_begin(self, **_: Any) -> None:
        """Do nothing."""

    def call_on_fit_task_end(self, **_: Any) -> bool:
        """Return False: no callback asks to stop."""
        return False


class NoSupport:
    """A stand-in for the mixin of estimators that support callbacks."""

    def _init_callback_context(self, **_: Any) -> NoContext:
        return NoContext()


def as_it_is(method: F) -> F:
    """Return the method unchanged: a stand-in for `with_callbacks`."""
    return method


if TYPE_CHECKING:
    from sklearn.callback import CallbackSupportMixin, with_callbacks as with_callbacks

    CallbackSupport = CallbackSupportMixin
else:
    try:
        from sklearn.callback import CallbackSupportMixin as CallbackSupport, with_callbacks
    except ImportError:  # before 1.9
        CallbackSupport, with_callbacks = NoSupport, as_it_is
