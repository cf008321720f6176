"""Names of older versions, which still work and say what they are called now."""

import warnings
from collections.abc import Callable, Mapping
from typing import Any


def renamed(module: dict[str, Any], names: Mapping[str, str]) -> Callable[[str], Any]:
    """Make the `__getattr__` of a module, of its variables and the new name of each old one."""

    def attribute(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module {module['__name__']!r} has no attribute {name!r}")
        warnings.warn(f"nn.{name} is now nn.{names[name]}.", DeprecationWarning, stacklevel=2)
        return module[names[name]]

    return attribute
