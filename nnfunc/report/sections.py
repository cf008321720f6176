"""The sections of the page as HTML; text that comes from elsewhere is escaped."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

from nnfunc.base.html import table
from nnfunc.model.equations import equations
from nnfunc.model.params import Params
from nnfunc.report.digits import Digits
from nnfunc.tiling.metrics import Evaluation

WEIGHTS, FIRST = 256, 32
"""The most nodes whose weights are shown, and the number of them that are shown at first."""

PAPER = """
<p>Draw with a mouse, a finger or a pen, and draw large. The drawing is fitted to 20×20 pixels and put into 28×28 by its
centre of mass, as MNIST's digits were.</p>
<div class="bench">
<figure class="seen"><canvas id="seen" role="img" aria-label="the 28×28 pixels that the network sees"></canvas>
<div><p id="answer"></p><p id="truth"></p><figcaption>A[0], what the network sees: 28×28</figcaption></div></figure>
<div class="paper">
<canvas id="paper" width="280" height="280" role="img" aria-label="Paper for a digit{else_load}"></canvas>
<div class="buttons"><button type="button" id="undo">Undo</button><button type="button" id="clear">Clear</button></div>
</div>
<ol id="bars"></ol>
</div>
<p id="said" class="visually-hidden" aria-live="polite"></p>
{samples}
<h3>The forward pass, as you draw</h3>
<p class="quiet">In heat maps blue is above 0, orange below, and full colour the largest size in that matrix.</p>
<div id="layers"></div>
"""

SAMPLES = {
    "else_load": ". Without a mouse, a finger or a pen, load one of the digits that follow.",
    "samples": """<div class="pick"><p>Or load a digit of the test set:</p>
<div><div id="samples"></div><button type="button" id="others">Others</button></div></div>""",
}


def section(name: str, title: str, content: str) -> str:
    """Return a section with a title."""
    return (
        f'<section id="{name}" tabindex="-1" aria-labelledby="{name}-title">'
        f'<h2 id="{name}-title">{title}</h2>{content}</section>'
    )


def results(params: Params, evaluation: Evaluation, m: int, kind: str, digit: int | None) -> str:
    """Return the most important figures: accuracy, cost, and sizes."""
    right = {"classes": "test accuracy", "labels": "of the test labels right", "values": ""}[kind]
    is_digit = digit is not None and kind == "classes"
    shares = {"precision": evaluation.precision, "recall": evaluation.recall} if is_digit else {}
    figures = {
        **({right: f"{100 * evaluation.accuracy:.2f} %"} if right else {}),
        "cost J": f"{evaluation.cost:.4f}",
        "test samples": f"{m:,}",
        **{f"{name} of {digit}": _share(float(share[1])) for name, share in shares.items()},
        "nodes of the layers": "-".join(map(str, params.sizes)),
        "weights and biases": f"{params.size:,}",
    }
    items = "".join(f"<li><b>{value}</b>{name}</li>" for name, value in figures.items())
    return f'<ul class="result">{items}</ul>'


def draw(why_not: str | None, has_samples: bool) -> str:
    """Return the canvas to draw on, or the reason why there is none."""
    paper = PAPER.format(**(SAMPLES if has_samples else {"samples": "", "else_load": ""}))
    return section("draw", "Draw a digit", paper if why_not is None else f"<p>{escape(why_not)}</p>")


def confusion(evaluation: Evaluation, names: Sequence[str], digits: Digits | None) -> str:
    """Return the confusion matrix; a cell whose digits are on the page is a button."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        f"{''.join(_cell(evaluation, names, i, j, digits) for j in range(len(names)))}"
        f'<td class="share"><span>{_share(recall)}</span></td></tr>'
        for i, (name, recall) in enumerate(zip(names, evaluation.recall.tolist(), strict=True))
    )
    precision = "".join(f"<td><span>{_share(p)}</span></td>" for p in evaluation.precision.tolist())
    below = f'<tr class="share"><th scope="row">precision</th>{precision}<td></td></tr>'
    click = " Click a number to see these digits." if digits else ""
    return section(
        "matrix",
        "What it takes for what",
        f'<p id="cells">Rows are what they are, columns what the network says.{click}</p>'
        f'<div class="scroll"><table id="confusion" aria-describedby="cells"><thead><tr><td></td>{head}'
        f'<th scope="col" class="share">recall</th></tr></thead><tbody>{rows}{below}</tbody></table></div>'
        f'<p id="cell-title" aria-live="polite"></p><ul id="cell" class="digits"></ul>',
    )


def _cell(evaluation: Evaluation, names: Sequence[str], i: int, j: int, digits: Digits | None) -> str:
    count = int(evaluation.confusion[i, j])
    if not count:
        return "<td><span>·</span></td>"
    share = float(np.sqrt(count / evaluation.confusion[i].sum()))
    what = "recognised" if i == j else f"taken for {names[j]}"
    label = escape(f"{names[i]}, {what}: {count}", quote=True)
    look = f'class="{"right" if i == j else "wrong"}" style="--share: {share:.3f}"'
    return (
        f"<td {look}><span>{count}</span></td>"
        if digits is None
        else f'<td><button type="button" {look} data-cell="{i},{j}" aria-pressed="false" aria-label="{label}">{count}'
        f"</button></td>"
    )


def _share(x: float) -> str:
    return "–" if np.isnan(x) else f"{100 * x:.1f} %"


def mistakes(digits: Digits) -> str:
    """Return the empty list that the page's script fills with mistakes."""
    text = "" if digits.mistakes else "<p>There are none.</p>"
    probable = any(one["p"] is not None for one in digits.shown)
    title = "Its most confident mistakes" if probable else "Some of its mistakes"
    return section("wrong", title, f'{text}<ul id="mistakes" class="digits"></ul>')


def weights(params: Params, side: int) -> str:
    """Return a canvas for each node of the first layer, on which the page's script shows its weights as an image."""
    n = params.sizes[1]
    shown = min(n, WEIGHTS)
    of_all = "" if shown == n else f" Here are the first {shown} of {n}."
    text = (
        f"<p>A row of W[1] has a weight for each pixel: blue where ink speaks for the node, orange where it speaks "
        f"against it.{of_all}</p>"
    )
    canvas = '<canvas role="img" aria-label="weights of node {0}, {1}×{1}"></canvas>'
    images = [f"<li>{canvas.format(i, side)}{i}</li>" for i in range(1, shown + 1)]
    more = (
        f"<details><summary>The others</summary><ul>{''.join(images[FIRST:])}</ul></details>" if shown > FIRST else ""
    )
    return section(
        "first",
        "What the first layer looks for",
        f'{text}<div id="weights"><ul>{"".join(images[:FIRST])}</ul>{more}</div>',
    )


def formulas(params: Params) -> str:
    """Return the table of equations."""
    shown = table(("step", "formula", "dimensions"), equations(params), caption="m samples, one per column")
    return section("equations", "Its equations", f'<div class="scroll">{shown}</div>')


def settings(chosen: Mapping[str, Any], versions: Mapping[str, str]) -> str:
    """Return the table of settings that would repeat the run, and of versions."""
    rows = [(name.replace("_", " "), _text(value)) for name, value in chosen.items()]
    made = [(f"version of {name}", version) for name, version in versions.items()]
    shown = table(("setting", "value"), [*rows, *made]).replace("<table>", '<table class="settings">')
    return section("settings", "Settings and versions", shown)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    items: Any = value
    return ", ".join(map(str, items)) or "none" if isinstance(value, tuple | list) else str(value)
