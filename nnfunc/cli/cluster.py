"""Connections to Dask clusters, by the address that `--dask` names."""

import logging
import signal
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING

from nnfunc.base.errors import ClusterError
from nnfunc.tiling.lanes import processors

if TYPE_CHECKING:
    from distributed import Client

PATIENCE = 10
"""Seconds within which a scheduler must answer."""


@contextmanager
def connected(address: str) -> Generator["Client"]:
    """Yield a client of the scheduler at HOST:PORT; for "local", of a worker process per processor, until the end.

    Raises:
        ClusterError: Dask is not installed, or no scheduler answers.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise ClusterError("--dask: distributed must be installed; got none. pip install 'nnfunc[dask]'") from error
    for name in ("distributed", "asyncio"):  # errors are reported in one sentence instead
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with ExitStack() as stack:
        cluster: LocalCluster | str = address
        if address == "local":
            with _interrupts_put_off():
                cluster = LocalCluster(
                    processors(), threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL
                )
            stack.enter_context(cluster)
        try:
            client = stack.enter_context(Client(cluster, timeout=PATIENCE))
        except (OSError, ValueError, AssertionError) as error:
            raise ClusterError(
                f"--dask: {address} must be local, or HOST:PORT of a running scheduler; got {error or 'no answer'}. "
                f"Start one with 'dask scheduler'?"
            ) from error
        yield client


@contextmanager
def _interrupts_put_off() -> Generator[None]:
    """Delay interrupts until the end; processes started within never receive any: this process ends them."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # started later, it would lift the block
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
