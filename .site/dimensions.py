"""Annotations as a person reads them: `Float[Array, "n_in m"]` as `Float n_in×m`."""

import re
from typing import Any

import griffe

SHAPE = re.compile(r"\b(Float|Int|Integer|UInt8|Real|Bool)\[(?:nn\.)?Array, ['\"]([^'\"]*)['\"]\]")


def readable(annotation: object) -> str:
    """Return an annotation with dimensions in the notation of the formulas."""
    return SHAPE.sub(lambda found: f"{found[1]} {'×'.join(found[2].split()) or 'number'}", str(annotation))


class Dimensions(griffe.Extension):
    """Rewrites the annotations of functions and attributes."""

    def on_function(self, *, func: griffe.Function, **_: Any) -> None:
        """Rewrite the annotations of the parameters and of the result."""
        for parameter in func.parameters:
            if parameter.annotation is not None:
                parameter.annotation = readable(parameter.annotation)
        if func.returns is not None:
            func.returns = readable(func.returns)

    def on_attribute(self, *, attr: griffe.Attribute, **_: Any) -> None:
        """Rewrite the annotation of a field."""
        if attr.annotation is not None:
            attr.annotation = readable(attr.annotation)
