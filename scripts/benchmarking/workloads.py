"""The workloads that are measured: networks, their batches and samples, and their number of repetitions."""

from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True)
class Workload:
    """A network, and its training or prediction."""

    name: str
    sizes: tuple[int, ...]
    batch: int | None = None
    """Samples per step; by default all."""
    samples: int | None = None
    """The number of samples, by default all; if there are fewer, they are repeated."""
    kind: Literal["train", "predict"] = "train"
    units: int = 1
    """The number of epochs, or calls, that are timed together."""
    learning_rate: float = 0.1

    @property
    def title(self) -> str:
        """The network, and the work of one unit."""
        layers = "-".join(map(str, self.sizes))
        if self.kind == "predict":
            return f"{layers}, predict {self.samples or 0:,} sample{'s' * (self.samples != 1)}"
        unit = "full-batch step" if self.batch is None else f"epoch of batches of {self.batch}"
        return f"{layers}, {unit}" + (f", {self.samples:,} samples" if self.samples else "")

    def small(self) -> "Workload":
        """Return the same workload on a few samples."""
        return replace(self, samples=min(self.samples or 512, 512), units=1)


TRAINING = (
    Workload("W1", (784, 10, 10), units=10),
    Workload("W2a", (784, 10, 10), batch=32, units=3),
    Workload("W2b", (784, 10, 10), batch=128, units=3),
    Workload("W3", (784, 128, 10), batch=128),
    Workload("W4", (784, 512, 512, 10), batch=256, samples=60 * 256),
)

PREDICTION = (
    Workload("P1", (784, 10, 10), samples=10_000, kind="predict", units=20),
    Workload("P2", (784, 10, 10), samples=1, kind="predict", units=3000),
    Workload("P3", (784, 128, 10), samples=10_000, kind="predict", units=10),
    Workload("P4", (784, 128, 10), samples=1, kind="predict", units=3000),
    Workload("P5", (784, 512, 512, 10), samples=10_000, kind="predict", units=2),
    Workload("P6", (784, 512, 512, 10), samples=1, kind="predict", units=500),
)

TO_ACCURACY = Workload("accuracy", (784, 128, 10), batch=32, learning_rate=0.4)

GROWTH = (
    *(Workload("growth", (784, 10, 10), samples=m, units=10**5 // m) for m in (10**3, 10**4, 10**5)),
    *(Workload("growth", (784, h, 10), 128, 20 * 128, learning_rate=1e-3) for h in (16, 64, 256, 1024)),
    *(Workload("growth", (784, *[128] * n, 10), 128, 20 * 128, learning_rate=1e-3) for n in (1, 2, 4, 8)),
)
