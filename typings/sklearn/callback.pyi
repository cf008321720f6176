from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

class CallbackSupportMixin:
    def set_callbacks(self, *callbacks: Any) -> Any: ...
    def _init_callback_context(self, **settings: Any) -> Any: ...

def with_callbacks(method: F) -> F: ...
