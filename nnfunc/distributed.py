"""The full-batch gradient on a Dask cluster, computed in the same lanes as on one machine, so with the same result.

A lane is a range of tiles of the samples, which lives on one worker. In a step the parameters are sent to all workers,
which return the sum of each lane. Lanes whose worker died are sent to other workers, and the step is repeated.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias, cast
from uuid import uuid4

import numpy as np

from nnfunc.base.array import Array, shape_text
from nnfunc.base.errors import ClusterError, DataError, NnfuncError, SettingError, ShapeError
from nnfunc.data import Dataset
from nnfunc.data.encoding import targets
from nnfunc.model.cache_and_grads import Grads
from nnfunc.model.params import Params
from nnfunc.tiling import blas
from nnfunc.tiling.gradients import Sums, columns_of, lane_sum, mean_of
from nnfunc.tiling.lanes import LANES, lanes
from nnfunc.tiling.task import task_of
from nnfunc.training.steps.descent import Gradient

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["on_dask"]

PATIENCE = 60
"""Seconds that a step waits for a worker if there is none."""

ATTEMPTS = 10
"""The number of attempts at a step before it fails; each death of a worker takes one or two."""

Part: TypeAlias = tuple[Array, Array, int]
"""X and y of a lane, and the total number of samples."""

Found: TypeAlias = tuple[str, Sums | None]
"""Shape and dtype of the data that a worker read itself, or "", and the sum of a lane, if this lane exists."""


def on_dask(client: "Client", data: Dataset | Callable[[], Dataset]) -> Gradient:
    """Return a function for `nn.train(…, gradient=…)` that computes the gradient on the workers of a Dask cluster.

    The result is that of `nn.gradient` for any number of workers, even if some of them die or join later.

    Args:
        client: of a cluster whose workers and scheduler have nnfunc installed.
        data: samples, which are sent to the workers once, a part to each; or a function that returns them, such as
            `partial(read, path)`, which each worker process calls once to read all of them itself. Dask pauses a worker
            whose memory is full, and counts mapped files: for large ones start it with `--memory-limit 0`.

    Returns:
        The function params → (mean cost, its gradient). It raises ClusterError if no worker is left or workers keep
        dying, and DataError if a worker cannot read its data, or they do not fit `params`.

    Raises:
        SettingError: client is not a `distributed.Client`, or is asynchronous.
        ShapeError: data is neither a data set nor a function.
    """
    if getattr(client, "asynchronous", True):
        raise SettingError(
            f"on_dask: client must be a distributed.Client that is not asynchronous; got a value of type "
            f"{type(client).__name__}. Pass Client('HOST:PORT')?"
        )
    if not (isinstance(data, Dataset) or callable(data)):
        raise ShapeError(
            f"on_dask: data must be nn.Dataset or a function that returns one; got a value of type "
            f"{type(data).__name__}. Pass nn.Dataset(X, y)?"
        )
    return _OnDask(client, data if isinstance(data, Dataset) else _Own(uuid4().hex, data))


class _OnDask:
    def __init__(self, client: "Client", data: "Dataset | _Own") -> None:
        self.client, self.data = client, data
        self.lanes = range(len(lanes(data.m)) if isinstance(data, Dataset) else LANES)  # of data not read yet: at most
        self.workers: set[str] = set()
        self.sent: dict[int, Future] = {}

    def __call__(self, params: Params) -> tuple[float, Grads]:
        if isinstance(self.data, Dataset):
            task_of("on_dask", params, self.data)
        got = ""
        for attempt in range(ATTEMPTS):
            time.sleep(0.1 * attempt)
            try:
                return self._step(params)
            except NnfuncError as error:
                raise error.with_traceback(None) from None  # without Dask's traceback
            except TimeoutError as error:
                raise ClusterError(
                    f"on_dask: a worker must connect within {PATIENCE} seconds; got none. "
                    f"Start one with 'dask worker HOST:PORT'?"
                ) from error
            except Exception as error:  # of many kinds when a worker dies
                got = f"{type(error).__name__} ({error}) in attempt {attempt + 1}"
                if self.client.status == "closed":
                    got = "a closed client"
                    break
        raise ClusterError(
            f"on_dask: the cluster must compute the step; got {got}. "
            f"Is it running, with enough memory and the same version of nnfunc?"
        )

    def _step(self, params: Params) -> tuple[float, Grads]:
        before, self.workers = self.workers, set(self.client.nthreads())
        if self.workers - before:
            self.sent.clear()  # some joined: distribute all lanes again
        for i in self.lanes:
            if i not in self.sent or self.sent[i].status != "finished":
                self.sent[i] = self._send(_part(self.data, i) if isinstance(self.data, Dataset) else self.data)
        parts, everywhere = [self.sent[i] for i in self.lanes], self._send(params)
        sums = self.client.map(_sum, parts, self.lanes, [everywhere] * len(parts), pure=False)
        found = cast("list[Found]", self.client.gather(sums))
        looks = sorted({look for look, _ in found})
        if len(looks) > 1:
            raise DataError(f"on_dask: all workers must read the same data; got {' and '.join(looks)}.")
        return mean_of([sums for _, sums in found if sums is not None])

    def _send(self, what: object) -> "Future":
        """Send a value to one worker, from which the others fetch it: a broadcast waits forever for a dead worker."""
        return self.client.scatter([what], hash=False, timeout=PATIENCE)[0]


def _part(data: Dataset, i: int) -> Part:
    lane = lanes(data.m)[i]
    own = slice(lane[0].start, lane[-1].stop)
    return np.asarray(data.X[:, own]), np.asarray(data.y[..., own]), data.m


def _sum(part: "Part | _Own", i: int, params: Params) -> Found:
    """Compute the sum of lane i; runs on a worker."""
    look = ""
    if isinstance(part, _Own):
        data = part.data_for(params)
        look = f"X ({shape_text(data.X)}, {data.X.dtype})"
        if i >= len(lanes(data.m)):
            return look, None
        part = _part(data, i)
    X, y, m = part
    lane = lanes(m)[i]
    own = [slice(tile.start - lane[0].start, tile.stop - lane[0].start) for tile in lane]
    with blas.threads(one=True), np.errstate(over="ignore", invalid="ignore"):
        return look, lane_sum(
            params, m, columns_of(_aligned(X), targets(_aligned(y), params.sizes[-1], params.dtype)), own
        )


def _aligned(x: Array) -> Array:
    """Return x, copied if it is not aligned: arrays that Dask received may start at any address."""
    return x if x.flags.aligned else x.copy("K")  # pyrefly: ignore[missing-attribute]


@dataclass(frozen=True)
class _Own:
    """Data that each worker process reads itself."""

    key: str
    read: Callable[[], Dataset] = field(compare=False)

    def data_for(self, params: Params) -> Dataset:
        """Return the data, read on the first call, after a check that they fit these params.

        Raises:
            DataError: they cannot be read, or do not fit.
        """
        kind = params.sizes, params.dtype, params.output, params.cost
        try:
            with _LOCK:
                data, fitting = _kept(self)
                if kind not in fitting:
                    task_of("on_dask", params, data, "data()")
                    fitting.add(kind)
        except Exception as error:
            from distributed import get_worker

            reason = (
                error
                if isinstance(error, NnfuncError)
                else f"data() must be readable; got {type(error).__name__} ({error})."
            )
            raise DataError(f"worker {get_worker().address}: {reason}") from error
        return data


_LOCK = Lock()


@lru_cache(maxsize=1)
def _kept(own: _Own) -> tuple[Dataset, set[object]]:
    """Read the data, and cache them until others are read, with the kinds of params that they are known to fit."""
    return own.read(), set()
