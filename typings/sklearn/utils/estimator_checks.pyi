from collections.abc import Callable
from typing import Any

def parametrize_with_checks(
    estimators: list[Any], **settings: Any
) -> Callable[[Callable[..., None]], Callable[..., None]]: ...
