"""Training and prediction: time of each contestant, and what it has learnt or predicts."""

from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from statistics import median

from benchmarking import judge
from benchmarking.contestants import CONTESTANTS, JAX, SCAN, TORCH
from benchmarking.inputs import Inputs
from benchmarking.rounds import Rounds
from benchmarking.tables import figure, range_of, table
from benchmarking.worker import WARM_UP, ContestantError, Worker
from benchmarking.workloads import Samples, Workload

FAR_COST = 0.05
"""Relative distance from the median cost beyond which a contestant is marked: rounding alone makes far less."""

FAR_CLASSES = 0.01
"""Share of samples that are predicted otherwise than in float64, beyond which a contestant is marked."""

FAR = " †"

DISTURBED = " ‡"


@dataclass(frozen=True)
class Speed:
    """One workload, measured."""

    workload: Workload
    rounds: Rounds
    outcomes: dict[str, float]
    """Cost at the end of training; share of the samples predicted as in float64."""

    @property
    def scale(self) -> float:
        """Units of the table in a second: µs for one sample, else ms."""
        return 1e6 if self.workload.samples == 1 else 1e3

    @property
    def unit(self) -> str:
        """Of `scale`."""
        return "µs" if self.scale == 1e6 else "ms"

    @property
    def heading(self) -> str:
        """Of its column, marked if its figures are not to be trusted."""
        return self.workload.name + (DISTURBED if self.rounds.disturbed else "")

    @property
    def best_jax(self) -> str | None:
        """The faster of JAX's forms, if one was measured."""
        forms = [c.name for c in (JAX, SCAN) if c.name in self.outcomes]
        return min(forms, key=self.rounds.median, default=None)

    @property
    def spread(self) -> float:
        """Largest distance of two outcomes, relative to their median."""
        values = list(self.outcomes.values())
        return (max(values) - min(values)) / median(values)

    def is_far(self, name: str) -> bool:
        """Whether this contestant has learnt or predicts something else."""
        if self.workload.kind == "predict":
            return self.outcomes[name] < 1 - FAR_CLASSES
        middle = median(self.outcomes.values())
        return not abs(self.outcomes[name] - middle) <= FAR_COST * middle


@contextmanager
def workers(workload: Workload, inputs: Inputs, warm_up: int = WARM_UP) -> Generator[dict[str, Worker]]:
    """A process for each contestant that takes part, warmed up."""
    weights = inputs.weights(workload)
    with ExitStack() as stack:
        ready: dict[str, Worker] = {}
        for contestant in filter(lambda c: c.enters(workload), inputs.contestants):
            worker = stack.enter_context(Worker(contestant, inputs.folder))
            try:
                worker.prepare(workload, weights, warm_up)
                ready[contestant.name] = worker
            except ContestantError as error:
                inputs.note(f"{workload.name}: {contestant.name} is left out: {error}")
        yield ready


def measure(workload: Workload, inputs: Inputs) -> Speed:
    """Time everybody in interleaved rounds, then judge."""
    with workers(workload, inputs) as ready:
        turns: dict[str, Callable[[], float]] = {n: partial(w.turn, workload.name) for n, w in ready.items()}
        rounds = inputs.interleaved(workload.name, turns, [worker.pid for worker in ready.values()])
        if workload.kind == "train":
            samples = Samples.read(inputs.folder, "training", workload.samples)
            outcomes = {n: judge.cost(w.weights(workload.name), samples) for n, w in ready.items()}
        else:
            samples = Samples.read(inputs.folder, "test", workload.samples)
            right = judge.classes(inputs.weights(workload), samples)
            outcomes = {n: judge.agreement(w.classes(workload.name), right) for n, w in ready.items()}
    return Speed(workload, rounds, outcomes)


def tables(speeds: Sequence[Speed]) -> str:
    """Medians, ratios to torch eager and to the best JAX, and what was learnt."""
    names = [c.name for c in CONTESTANTS if any(c.name in speed.outcomes for speed in speeds)]
    parts = ["\n".join(f"- {speed.workload.name}: {speed.workload.title}" for speed in speeds)]
    parts.append(_table("median time", speeds, names, _time))
    if any(TORCH.name in speed.outcomes for speed in speeds):
        parts.append(_table(f"time / that of {TORCH.name}", speeds, names, lambda s, n: _ratio(s, n, TORCH.name)))
    if any(speed.best_jax for speed in speeds):
        parts.append(_table("time / that of the best JAX", speeds, names, lambda s, n: _ratio(s, n, s.best_jax)))
    parts.append(_outcomes(speeds, names))
    far = [f"{n} in {s.workload.name}" for s in speeds for n in names if n in s.outcomes and s.is_far(n)]
    if far:
        parts.append(f"†: has learnt or predicts something else: {', '.join(far)}.")
    if any(speed.rounds.disturbed for speed in speeds):
        parts.append("‡: the machine was busy with other things even in the best rounds: measure again.")
    return "\n\n".join(parts)


def _table(title: str, speeds: Sequence[Speed], names: Sequence[str], cell: Callable[[Speed, str], str]) -> str:
    rows = [[name, *(cell(speed, name) if name in speed.outcomes else "–" for speed in speeds)] for name in names]
    return table([title, *(speed.heading for speed in speeds)], rows)


def _time(speed: Speed, name: str) -> str:
    mark = FAR if speed.is_far(name) else ""
    return f"{figure(speed.scale * speed.rounds.median(name))} {speed.unit}{mark}"


def _ratio(speed: Speed, name: str, other: str | None) -> str:
    if other is None or other not in speed.outcomes:
        return "–"
    return range_of(speed.rounds.ratios(name, other))


def _outcomes(speeds: Sequence[Speed], names: Sequence[str]) -> str:
    if speeds[0].workload.kind == "predict":
        least = min(min(speed.outcomes.values()) for speed in speeds)
        return f"At least {least:.2%} of the classes are those of float64."
    rows = [[n, *(f"{s.outcomes[n]:.6f}" if n in s.outcomes else "–" for s in speeds)] for n in names]
    rows.append(["spread", *(f"{speed.spread:.1e}" for speed in speeds)])
    return table(["cost after all rounds", *(speed.workload.name for speed in speeds)], rows)
