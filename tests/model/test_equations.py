import nnfunc as nn
from nnfunc.activations import OUTPUTS, OutputName
from nnfunc.costs import COSTS
from nnfunc.model.equations import ACTIVATION_FORMULAS, COST_FORMULAS, equations
from tests.networks import small


def test_the_table_of_the_notes() -> None:
    assert [f"{formula}: {dimensions}" for _, formula, dimensions in equations(nn.init((784, 10, 10)))] == [
        "A[0] = X: 784×m",
        "Z[1] = W[1] A[0] + b[1]: 10×m = (10×784)(784×m) + 10×1",
        "A[1] = ReLU(Z[1]): 10×m",
        "Z[2] = W[2] A[1] + b[2]: 10×m = (10×10)(10×m) + 10×1",
        "A[2] = softmax(Z[2]): 10×m",
        "J = −1/m Σ Y log A[2]: one number",
        "dZ[2] = A[2] − Y: 10×m",
        "dW[2] = 1/m dZ[2] A[1]ᵀ: 10×10 = (10×m)(m×10)",
        "db[2] = 1/m Σ dZ[2]: 10×1",
        "dZ[1] = W[2]ᵀ dZ[2] ∗ g′(Z[1]): 10×m = (10×10)(10×m) ∗ 10×m",
        "dW[1] = 1/m dZ[1] A[0]ᵀ: 10×784 = (10×m)(m×784)",
        "db[1] = 1/m Σ dZ[1]: 10×1",
        "W[1] ← W[1] − α dW[1]: 10×784",
        "b[1] ← b[1] − α db[1]: 10×1",
        "W[2] ← W[2] − α dW[2]: 10×10",
        "b[2] ← b[2] − α db[2]: 10×1",
    ]


def test_an_output_that_does_not_belong_to_the_cost_has_its_own_error() -> None:
    def errors(output: OutputName) -> list[str]:
        rows = equations(small(2, output=output, cost="squared_error"))
        return [row.formula for row in rows if row.formula.startswith(("dA", "dZ[2]"))]

    assert errors("relu") == ["dA[2] = A[2] − Y", "dZ[2] = dA[2] ∗ g′(Z[2])"]
    assert errors("softmax") == ["dA[2] = A[2] − Y", "dZ[2] = A[2] ∗ (dA[2] − Σ A[2] ∗ dA[2])"]
    assert errors("identity") == ["dZ[2] = A[2] − Y"]


def test_every_activation_and_cost_has_its_formula() -> None:
    assert ACTIVATION_FORMULAS.keys() == OUTPUTS.keys()
    assert COST_FORMULAS.keys() == COSTS.keys()
