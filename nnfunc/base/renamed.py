"""Names from older versions, which still work, with a warning that states the new name."""

import warnings
from collections.abc import Callable, Mapping
from typing import Any


def renamed(module: dict[str, Any], names: Mapping[str, str]) -> Callable[[str], Any]:
    """Return a `__getattr__` for the module with these variables, by a mapping of old names to new ones."""

    def attribute(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module {module['__name__']!r} has no attribute {name!r}")
        warnings.warn(f"nn.{name} is now nn.{names[name]}.", DeprecationWarning, stacklevel=2)
        return module[names[name]]

    return attribute
