"""A marimo notebook that follows the notes from pixels to predictions.

    pip install marimo
    marimo edit scripts/notebook.py

`python scripts/notebook.py` runs it once.
"""

import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo
    import numpy as np

    import nnfunc as nn

    return mo, nn, np


@app.cell
def _(mo, nn):
    training, test = nn.load_mnist()
    mo.vstack([mo.md("# Digits\nEach column of X is an image of 28×28 pixels; y says which digit it shows."), training])
    return test, training


@app.cell
def _(mo, nn, training):
    params = nn.init((784, 10, 10), seed=0)
    X, Y = nn.scale(training.X[:, :500]), nn.one_hot(training.y[:500])
    mo.vstack(
        [
            mo.md(
                "# The network\nTwo layers, as on paper: Z[l] = W[l] A[l−1] + b[l], A[1] = ReLU(Z[1]), "
                "A[2] = softmax(Z[2]). Every W and b is drawn at random, or 0."
            ),
            params,
        ]
    )
    return X, Y, params


@app.cell
def _(X, Y, mo, nn, params):
    cache = nn.forward(params, X)
    grads = nn.backward(params, cache, Y)
    J = nn.cost(params, cache, Y)
    mo.vstack(
        [
            mo.md(f"# Forward\nThe cost of these 500 is J = {J:.3f}; guessing would cost log 10 = 2.303."),
            cache,
            mo.md("# Backward\ndZ[2] = A[2] − Y, dW[l] = 1/m dZ[l] A[l−1]ᵀ, db[l] = 1/m Σ dZ[l]. Is it right?"),
            mo.md(f"Against central differences: {nn.check_gradient(params, X, Y):.1e}. Below 1e-7 it is."),
        ]
    )
    return (grads,)


@app.cell
def _(X, Y, grads, mo, nn, params):
    after = nn.update(params, grads, 0.1)
    J_after = nn.cost(after, nn.forward(after, X), Y)
    mo.md(f"# One step\nW[l] ← W[l] − 0.1 dW[l], and so for b: J falls to {J_after:.3f}.")
    return


@app.cell
def _(mo, nn, params, test, training):
    epochs = list(nn.train(params, training, learning_rate=0.1, batch=32, epochs=5, validation=test))
    lines = "\n".join(f"| {e.number} | {e.cost:.3f} | {e.validation_accuracy:.1%} |" for e in epochs)
    trained = epochs[-1].params
    mo.md(f"# Many steps\n| epoch | J | test images right |\n| --- | --- | --- |\n{lines}")
    return (trained,)


@app.cell
def _(mo, nn, np, test, trained):
    found = nn.predict(trained, test.X)
    wrong = np.flatnonzero(found != test.y)
    assert len(wrong) < 0.15 * test.m
    mo.vstack(
        [
            mo.md(
                f"# Predictions\nOf {test.m} test images {len(wrong)} are taken for another digit. The first of them:"
            ),
            nn.Dataset(test.X[:, wrong[:20]], test.y[wrong[:20]]),
            mo.md(f"It says {', '.join(map(str, found[wrong[:20]]))}."),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
