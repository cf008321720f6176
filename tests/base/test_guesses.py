"""Names that people guess are answered with ours; what the tables say exists."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest

import nnfunc as nn
from nnfunc.activations import OUTPUTS
from nnfunc.base.guesses import SYNONYMS, meant
from nnfunc.costs import COSTS
from nnfunc.training.steps.settings import OPTIMIZERS

ARGUMENTS = {*inspect.signature(nn.train).parameters, *inspect.signature(nn.init).parameters}
TRAINING, _ = nn.load_mnist()
PARAMS = nn.init((784, 5, 10))


def test_every_synonym_is_of_a_name_that_exists_and_is_none_itself() -> None:
    ours = {*OPTIMIZERS, *COSTS, *OUTPUTS, *ARGUMENTS}
    assert set(SYNONYMS.values()) <= ours
    assert not SYNONYMS.keys() & {*OPTIMIZERS, *COSTS, *OUTPUTS}


@pytest.mark.parametrize(("written", "known", "expected"), [
    ("SGD", OPTIMIZERS, "descent"),
    ("Leaky-ReLU", OUTPUTS, "leaky_relu"),
    ("sigmod", OUTPUTS, "sigmoid"),
    ("mse", OUTPUTS, None),
    ("quux", COSTS, None),
])  # fmt: skip
def test_what_is_meant(written: str, known: dict[str, object], expected: str | None) -> None:
    assert meant(written, known) == expected


CALLS: list[tuple[Callable[[Any], object], str]] = [
    (lambda call: call(PARAMS, TRAINING, epochs=1, batch_size=8), "train: keywords must be among its arguments; got batch_size=. Did you mean batch=?"),
    (lambda call: call(PARAMS, TRAINING, epochs=1, lr=8), "train: keywords must be among its arguments; got lr=. Did you mean learning_rate=?"),
    (lambda call: call(PARAMS, TRAINING, epochs=1, bacth=8), "train: keywords must be among its arguments; got bacth=. Did you mean batch=?"),
    (lambda call: call(PARAMS, TRAINING, epochs=1, callbacks=[]), "train: keywords must be among its arguments; got callbacks=. It has params, data, epochs, "),
]  # fmt: skip


@pytest.mark.parametrize(("call", "message"), CALLS)
def test_an_unknown_keyword_is_answered(call: Callable[[Any], object], message: str) -> None:
    with pytest.raises(nn.SettingError) as caught:
        call(nn.train)
    assert str(caught.value).startswith(message)


def test_the_decorated_keep_their_signature() -> None:
    assert next(iter(inspect.signature(nn.train).parameters)) == "params"
    assert nn.train.__name__ == "train"
    assert nn.init.__doc__
