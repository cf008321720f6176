"""The gradient of all samples, computed on a Dask cluster: in lanes, as on one machine, and so with the same result.

The samples of each lane live on a worker. In a step the parameters go to all workers, and the sum of each lane comes
back. Lanes whose worker died are sent to others, and the step is repeated.
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
from nnfunc.model.params import Params
from nnfunc.model.passes import Grads
from nnfunc.tiling import blas
from nnfunc.tiling.fold import LANES, lanes
from nnfunc.tiling.gradients import Sums, columns_of, lane_sum, mean_of
from nnfunc.tiling.task import task_of
from nnfunc.training.steps.descent import Gradient

if TYPE_CHECKING:
    from distributed import Client, Future

PATIENCE = 60
"""Seconds that a step waits for a worker where there is none."""

ATTEMPTS = 10
"""How often a step is begun before it fails; each death of a worker takes one or two."""

Part: TypeAlias = tuple[Array, Array, int]
"""X and y of a lane, and how many samples there are altogether."""

Found: TypeAlias = tuple[str, Sums | None]
"""What the data look like that a worker read by itself, and the sum of a lane, if there is one of that number."""


def on_dask(client: "Client", data: Dataset | Callable[[], Dataset]) -> Gradient:
    """The gradient for `nn.train(…, gradient=…)`, computed by the workers of a Dask cluster.

    It is that of `nn.gradient`, however many workers there are, and although some of them die or come later.

    Args:
        client: of a cluster that has nnfunc installed, its scheduler too.
        data: samples, which are sent to the workers once, to each some; or a function that returns them, such as
            `partial(read, path)`, which each worker process calls once, to read all of them by itself. Dask pauses a
            worker whose memory is full, and counts mapped files: for large ones start it with `--memory-limit 0`.

    Returns:
        params → (mean cost, its gradient). It raises ClusterError where no worker is left or all die again and again,
        and DataError where a worker cannot read its data, or they do not fit `params`.

    Raises:
        SettingError: the client is something else, or asynchronous.
        ShapeError: the data are neither a data set nor a function.
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
        self.lanes = range(len(lanes(data.m)) if isinstance(data, Dataset) else LANES)  # of unseen data: at most
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
                raise error.with_traceback(None) from None  # without Dask's
            except TimeoutError as error:
                raise ClusterError(
                    f"on_dask: a worker must be there within {PATIENCE} seconds; got none. "
                    f"Start one with 'dask worker HOST:PORT'?"
                ) from error
            except Exception as error:  # of many kinds, where a worker dies
                got = f"{type(error).__name__} ({error}) in attempt {attempt + 1}"
                if self.client.status == "closed":
                    got = "a closed client"
                    break
        raise ClusterError(
            f"on_dask: the cluster must compute the step; got {got}. Is it running, with memory and the same nnfunc?"
        )

    def _step(self, params: Params) -> tuple[float, Grads]:
        before, self.workers = self.workers, set(self.client.nthreads())
        if self.workers - before:
            self.sent.clear()  # share all out again
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
        """To one worker, from which the others take it: a broadcast waits for ever for a worker that died."""
        return self.client.scatter([what], hash=False, timeout=PATIENCE)[0]


def _part(data: Dataset, i: int) -> Part:
    lane = lanes(data.m)[i]
    own = slice(lane[0].start, lane[-1].stop)
    return np.asarray(data.X[:, own]), np.asarray(data.y[..., own]), data.m


def _sum(part: "Part | _Own", i: int, params: Params) -> Found:
    """On a worker: the sum of lane i."""
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
    """Numbers that Dask received may begin anywhere."""
    return x if x.flags.aligned else x.copy("K")  # pyrefly: ignore[missing-attribute]


@dataclass(frozen=True)
class _Own:
    """Data that each worker process reads by itself."""

    key: str
    read: Callable[[], Dataset] = field(compare=False)

    def data_for(self, params: Params) -> Dataset:
        """The data, if they can be read and fit these params.

        Raises:
            DataError: they cannot, or do not.
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
    """The data, until others are read, and the kinds of params that they are known to fit."""
    return own.read(), set()
