"""Pictures, by matplotlib (extra `plot`). Each takes what it shows, and axes to draw on, and returns the axes."""

from typing import TYPE_CHECKING, Any

from nnfunc.errors import SettingError
from nnfunc.rates import RateRange

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE, ORANGE = "#0072b2", "#d55e00"
"""Two colours that also colour-blind people tell apart (Okabe, Ito 2008)."""


def rate_range(found: RateRange, axes: "Axes | None" = None) -> "Axes":
    """The cost over the learning rate, and the rate that is suggested."""
    drawn: Any = axes or _axes()
    drawn.semilogx(found.rates, found.costs, color=BLUE)
    label = f"a tenth of the lowest: α = {found.suggested:.2g}"
    drawn.axvline(found.suggested, color=ORANGE, linestyle="--", label=label)
    drawn.set_xlabel("learning rate α")
    drawn.set_ylabel("cost J, running mean")
    drawn.legend()
    result: Axes = drawn
    return result


def _axes() -> Any:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise SettingError("plots: matplotlib must be installed; got none. pip install 'nnfunc[plot]'") from error
    return Figure(figsize=(7, 4.5), layout="constrained").subplots()
