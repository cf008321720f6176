"""Bugs of one place each in `network.py`: 30 of shapes, and the wrong formulas of the notes."""

from typing import NamedTuple


class Mutant(NamedTuple):
    """One bug: its name, the right text, which occurs once in the network, and the wrong text."""

    name: str
    right: str
    wrong: str


BUGS = [
    Mutant("X @ W1", "W1 @ X + b1", "X @ W1 + b1"),
    Mutant("W1.T @ X", "W1 @ X + b1", "W1.T @ X + b1"),
    Mutant("dZ2 @ A1", "dZ2 @ A1.T", "dZ2 @ A1"),
    Mutant("W2 @ dZ2", "W2.T @ dZ2", "W2 @ dZ2"),
    Mutant("db2 without keepdims", "dZ2.sum(axis=1, keepdims=True)", "dZ2.sum(axis=1)"),
    Mutant("db1 over axis 0", "dZ1.sum(axis=1, keepdims=True)", "dZ1.sum(axis=0, keepdims=True)"),
    Mutant("dW1 transposed", "Grads(dW1, db1, dW2, db2)", "Grads(dW1.T, db1, dW2, db2)"),
    Mutant("layers swapped in Grads", "Grads(dW1, db1, dW2, db2)", "Grads(dW2, db2, dW1, db1)"),
    Mutant("biases swapped in Params", "Params(W1, b1, W2, b2)", "Params(W1, b2, W2, b1)"),
    Mutant("softmax: max over axis 1", "Z.max(axis=0, keepdims=True)", "Z.max(axis=1, keepdims=True)"),
    Mutant("softmax: sum over axis 1, no keepdims", "E.sum(axis=0, keepdims=True)", "E.sum(axis=1)"),
    Mutant("softmax: sum over axis 1, keepdims", "E.sum(axis=0, keepdims=True)", "E.sum(axis=1, keepdims=True)"),
    Mutant("+ b1.T", "W1 @ X + b1", "W1 @ X + b1.T"),
    Mutant("ReLU mask from A2", "(Z1 > 0)", "(A2 > 0)"),
    Mutant("W2.T * dZ2", "W2.T @ dZ2", "W2.T * dZ2"),
    Mutant("b1 − α db1.T", "α * grads.db1", "α * grads.db1.T"),
    Mutant("b1 updated with db2", "α * grads.db1", "α * grads.db2"),
    Mutant("b1 made (h,)", "b1=np.zeros((h, 1))", "b1=np.zeros((h,))"),
    Mutant("W2 made (h, c)", "(c, h)", "(h, c)"),
    Mutant("X row-major", "step(params, X, Y, α)", "step(params, X.T, Y, α)"),
    Mutant("cost with labels", "cost(forward(params, X).A2, Y)", "cost(forward(params, X).A2, y)"),
    Mutant("batch cut by rows", "X[:, :4]", "X[:4]"),
    Mutant("X of 4, Y of 3 columns", "Y[:, :4]", "Y[:, :3]"),
    Mutant("Y of 1 column", "Y[:, :4]", "Y[:, :1]"),
    Mutant("Y[:, :1] to backward", "backward(params, cache, Y)", "backward(params, cache, Y[:, :1])"),
    Mutant("argmax over axis 1", "argmax(axis=0)", "argmax(axis=1)"),
    Mutant("m from axis 0", "m = Y.shape[1]", "m = Y.shape[0]"),
    Mutant("Z1 and A1 swapped in Cache", "Cache(X, Z1, A1, Z2, A2)", "Cache(X, A1, Z1, Z2, A2)"),
    Mutant("A1 and A2 swapped in Cache", "Cache(X, Z1, A1, Z2, A2)", "Cache(X, Z1, A2, Z2, A1)"),
    Mutant("first 10 columns of X only", "W1 @ X + b1", "W1 @ X[:, :10] + b1"),
]

SLIPS = [
    Mutant("dW2 with A2", "dZ2 @ A1.T", "dZ2 @ A2.T"),
    Mutant("dZ1 without g′", "W2.T @ dZ2 * (Z1 > 0)", "W2.T @ dZ2"),
    Mutant("db1 = Σ dZ2", "dZ1.sum(axis=1, keepdims=True)", "dZ2.sum(axis=1, keepdims=True)"),
    Mutant("db of the absolute error", "dZ2.sum(axis=1, keepdims=True)", "np.abs(dZ2).sum(axis=1, keepdims=True)"),
]
