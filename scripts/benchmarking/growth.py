"""How the cost of a step of nnfunc grows with samples, with the hidden layer and with the number of layers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from benchmarking.contestants import GRADIENT, NNFUNC, Contestant
from benchmarking.inputs import Inputs
from benchmarking.tables import figure, table
from benchmarking.worker import Worker
from benchmarking.workloads import Workload

BATCH = 128

STEPS = 20
"""Of an epoch."""

WIDTH = 128
"""Nodes of each hidden layer, where there are many."""

RATE = 1e-3
"""Small, so that 16 layers do not diverge."""


@dataclass(frozen=True)
class Growth:
    """Seconds of a step at each size."""

    title: str
    axis: str
    """What the sizes are."""
    sizes: Sequence[int]
    seconds: Sequence[float]
    work: Sequence[float]
    """Of a step: what the time is proportional to where growth is linear."""
    unit: str
    """What `work` counts."""

    @property
    def per_unit(self) -> list[float]:
        """Nanoseconds for each unit of work: level where growth is linear."""
        return [1e9 * seconds / work for seconds, work in zip(self.seconds, self.work, strict=True)]


def measure(inputs: Inputs) -> list[Growth]:
    """Along each of the three."""
    few = 2 if inputs.quick else None
    return [
        _by_samples([10**3, 10**4, 10**5, 10**6][:few], inputs),
        _by_network("784-h-10", "hidden nodes h", {2**i: (784, 2**i, 10) for i in list(range(4, 12))[:few]}, inputs),
        _by_network(
            f"784-{WIDTH}-…-10",
            f"hidden layers of {WIDTH}",
            {2**i: (784, *(WIDTH,) * 2**i, 10) for i in list(range(5))[:few]},
            inputs,
        ),
    ]


def _by_samples(sizes: Sequence[int], inputs: Inputs) -> Growth:
    workloads = [Workload(str(m), "", (784, 10, 10), samples=m, units=max(1, 10**5 // m)) for m in sizes]
    seconds = _medians("samples", GRADIENT, workloads, inputs)
    return Growth("full-batch step, 784-10-10", "samples m", sizes, seconds, sizes, "sample")


def _by_network(layers: str, axis: str, networks: Mapping[int, tuple[int, ...]], inputs: Inputs) -> Growth:
    workloads = [
        Workload(str(size), "", sizes, batch=BATCH, samples=BATCH * STEPS, units=2, learning_rate=RATE)
        for size, sizes in networks.items()
    ]
    seconds = [epoch / STEPS for epoch in _medians(axis, NNFUNC, workloads, inputs)]
    work = [BATCH * workload.multiply_adds / 1000 for workload in workloads]
    return Growth(f"step of {BATCH} samples, {layers}", axis, list(networks), seconds, work, "1,000 multiply-adds")


def _medians(name: str, contestant: Contestant, workloads: Sequence[Workload], inputs: Inputs) -> list[float]:
    """Seconds of an epoch of each, all in one process."""
    inputs.progress(f"growth: {name}")
    with Worker(contestant, inputs.folder) as worker:
        for workload in workloads:
            worker.prepare(inputs.sized(workload), inputs.weights(workload))
        turns = {workload.name: partial(worker.turn, workload.name) for workload in workloads}
        rounds = inputs.interleaved(f"growth by {name}", turns, [worker.pid])
    return [rounds.median(workload.name) for workload in workloads]


def tables(growths: Sequence[Growth]) -> str:
    """A table for each."""
    return "\n\n".join(f"{growth.title}:\n\n{_table(growth)}" for growth in growths)


def _table(growth: Growth) -> str:
    rows = [
        [f"{size:,}", figure(1e3 * seconds), figure(each)]
        for size, seconds, each in zip(growth.sizes, growth.seconds, growth.per_unit, strict=True)
    ]
    return table([growth.axis, "ms per step", f"ns per {growth.unit}"], rows)
