"""Upgrade of files of format 1 (nnfunc 0.1): arrays `W1`, `best b2` and `average1 dW1`, under the names of format 2."""

from collections.abc import Mapping
from typing import Any

from nnfunc.base.array import Array


def upgraded(description: Mapping[str, Any], arrays: Mapping[str, Array]) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return the description and the arrays as in format 2; a part that is missing stays missing."""
    names, cost, state = description["activations"], {"Cost": description["cost"]}, description.get("state")
    named = dict[str, Array]()

    def taken(old: str, new: str) -> dict[str, Any]:
        named[new] = arrays[old]
        return {"array": list(named[new].shape)}

    def network(prefix: str, name: str) -> dict[str, Any]:
        layers = [
            {"Layer": {x: taken(f"{prefix}{x}{l + 1}", f"{name}.layers[{l}].{x}") for x in "Wb"} | {"activation": g}}
            for l, g in enumerate({"Activation": g} for g in names)
        ]
        return {"Params": {"layers": {"tuple": layers}, "cost": cost}}

    def average(i: int) -> dict[str, Any]:
        at = f"optimizer.averages[{i}]"
        layers = [
            {"LayerGrads": {x: taken(f"average{i + 1} {x}{l + 1}", f"{at}.layers[{l}].{x}") for x in ("dW", "db")}}
            for l in range(len(names))
        ]
        return {"Grads": {"layers": {"tuple": layers}}}

    trees, parts = {"params": network("", "params")}, {"about": description["about"]}
    if state is not None:
        averages = {"tuple": [average(i) for i in range(state["averages"])]}
        steps = taken("steps", "optimizer.steps") if "steps" in arrays else {"constant": None}
        trees["optimizer"] = {"OptimizerState": {"averages": averages, "steps": steps}}
        if state["best"] is not None:
            trees["best"] = network("best ", "best")
        settings = {"sample_weights" if name == "weights" else name: x for name, x in state["settings"].items()}
        parts |= {"settings": settings, "state": state}
    return {"format": 1, "trees": trees, **parts}, named
