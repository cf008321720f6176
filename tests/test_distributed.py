"""The gradient that a Dask cluster computes is that of one machine, also where workers die."""

import itertools
import logging
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import DTypeLike

import nnfunc as nn
import nnfunc.distributed
from nnfunc.distributed import on_dask
from nnfunc.tiling.lanes import LANES, TILE
from tests.networks import batch, leaves_equal, small

pytest.importorskip("distributed", reason="the extra `dask` is not installed")
from distributed import Client, LocalCluster

from tests.places import ROOT

M = (LANES + 2) * TILE + 5
"""Samples: some lanes have several tiles."""


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """Of two worker processes, which a nanny starts again when they die."""
    config = pytest.importorskip("dask").config
    with (
        config.set({"distributed.deploy.lost-worker-timeout": "600s"}),  # or it closes one that is just restarting
        LocalCluster(
            2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


@pytest.fixture
def both(client: Client) -> Client:
    """The same, when both are there."""
    client.wait_for_workers(2, timeout=30)
    return client


def some(params: nn.Params, m: int = M) -> nn.Dataset:
    """Samples with labels."""
    X, Y = batch(params, m)
    return nn.Dataset(X, Y.argmax(axis=0))


def within(workers: int) -> LocalCluster:
    """A cluster of threads of this process."""
    return LocalCluster(workers, threads_per_worker=1, processes=False, dashboard_address="127.0.0.1:0")


def local(params: nn.Params, data: nn.Dataset) -> tuple[float, nn.Grads]:
    return nn.gradient(params, data.X, nn.one_hot(data.y, params.sizes[-1], params.dtype))


def read(m: int, dtype: DTypeLike) -> nn.Dataset:
    """The same samples, made by a worker."""
    return some(small(dtype=dtype), m)


# the result


@pytest.mark.parametrize("workers", [1, 2, 3, 5])
def test_the_gradient_is_the_local_one(workers: int) -> None:
    with within(workers) as cluster, Client(cluster) as client:
        for dtype, tolerance in ((np.float32, 1e-6), (np.float64, 1e-12)):
            for m in (9, M):
                assert_local(client, small(3, dtype=dtype), m, tolerance)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-6), (np.float64, 1e-12)])
def test_and_in_other_processes(both: Client, dtype: DTypeLike, tolerance: float) -> None:
    assert_local(both, small(3, dtype=dtype), M, tolerance)


def assert_local(client: Client, params: nn.Params, m: int, tolerance: float) -> None:
    cost, grads = local(params, some(params, m))
    for data in (some(params, m), partial(read, m, params.dtype)):
        found, found_grads = on_dask(client, data)(params)
        assert abs(found - cost) <= tolerance * cost
        for ours, theirs in zip(found_grads.layers, grads.layers, strict=True):
            for g, expected in ((ours.dW, theirs.dW), (ours.db, theirs.db)):
                assert g.dtype == params.dtype
                assert np.linalg.norm(g - expected) <= tolerance * np.linalg.norm(expected)


def test_targets_and_pixels_go_too(both: Client) -> None:
    params = nn.init((12, 5, 3), output="sigmoid")
    rng = np.random.default_rng(0)
    X, Y = rng.integers(0, 256, (12, M), np.uint8), rng.integers(0, 2, (3, M)).astype(np.float32)
    data = nn.Dataset(X, Y)
    assert leaves_equal(on_dask(both, data)(params)[1], nn.gradient(params, data.X, data.y)[1])


def test_training_is_the_local_one(both: Client) -> None:
    params = small(3, dtype=np.float64)
    data = some(params)
    ours, theirs = (
        list(nn.train(params, data, learning_rate=0.1, epochs=3, gradient=gradient))[-1].params
        for gradient in (on_dask(both, data), None)
    )
    for here, there in zip(ours.layers, theirs.layers, strict=True):
        assert np.allclose(here.W, there.W, rtol=1e-12)


def test_data_are_sent_and_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    params, sent = small(2), list[object]()
    with within(2) as cluster, Client(cluster) as client:
        scatter: Any = client.scatter

        def counted(data: list[object], **settings: object) -> Any:
            sent.extend(data)
            return scatter(data, **settings)

        monkeypatch.setattr(client, "scatter", counted)
        for data in (some(params), partial(noted, tmp_path / "read")):
            gradient, before = on_dask(client, data), len(sent)
            for _ in range(3):
                gradient(params)
            assert len(sent) - before == LANES + 3, "each lane once, and the parameters of each step"
    assert (tmp_path / "read").read_text() == "."


def noted(path: Path) -> nn.Dataset:
    with path.open("a") as file:
        file.write(".")
    return some(small(2))


# workers that die


def dies(call: int) -> None:
    """On a worker: its process is killed as it begins this call of `lane_sum`."""
    module: Any = nnfunc.distributed
    lane_sum, calls = module.lane_sum, itertools.count(1)

    def deadly(*args: object) -> Any:
        if next(calls) == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return lane_sum(*args)

    module.lane_sum = deadly


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("is_sent", [True, False])
@pytest.mark.parametrize("deaths", [1, 2])
def test_a_worker_killed_within_an_epoch_changes_no_bit(
    both: Client, is_sent: bool, deaths: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if deaths == 1:  # the other worker takes over: nobody waits for a new one
        monkeypatch.setattr("nnfunc.distributed.ATTEMPTS", 3)
    params = small(3, dtype=np.float32)
    data = some(params)
    gradient = on_dask(both, data if is_sent else partial(read, M, np.float32))
    alive = sorted(both.nthreads())
    both.run(dies, LANES // 2 + 3, workers=alive[:deaths])  # in the second epoch
    ours, theirs = (
        [epoch.params for epoch in nn.train(params, data, learning_rate=0.1, epochs=4, gradient=chosen)]
        for chosen in (gradient, None)
    )
    assert set(alive[:deaths]).isdisjoint(both.nthreads()), "they did die"
    assert leaves_equal(tuple(ours), tuple(theirs))


def test_new_workers_get_their_share() -> None:
    params = small(2)
    with within(1) as cluster, Client(cluster) as client:
        gradient = on_dask(client, some(params))
        first = gradient(params)
        cluster.scale(2)
        client.wait_for_workers(2, timeout=30)
        assert leaves_equal(gradient(params)[1], first[1])
        assert [len(keys) >= LANES // 2 for keys in client.has_what().values()] == [True, True]


def test_no_worker_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnfunc.distributed.PATIENCE", 0.2)
    params = small(2)
    with within(1) as cluster, Client(cluster) as client:
        gradient = on_dask(client, some(params))
        gradient(params)
        cluster.scale(0)
        assert message_of(nn.ClusterError, lambda: gradient(params)) == (
            "on_dask: a worker must connect within 0.2 seconds; got none. Start one with 'dask worker HOST:PORT'?"
        )


def test_a_cluster_that_cannot_compute_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnfunc.distributed.ATTEMPTS", 2)
    message = "on_dask: the cluster must compute the step; got {}. Is it running, with enough memory and the same version of nnfunc?"
    params = small(2)
    with within(1) as cluster, Client(cluster) as client:
        gradient = on_dask(client, some(params))
        monkeypatch.setattr("nnfunc.distributed.lane_sum", broken)
        assert message_of(nn.ClusterError, lambda: gradient(params)) == message.format(
            "ModuleNotFoundError (No module named 'x') in attempt 2"
        )
    assert message_of(nn.ClusterError, lambda: gradient(params)) == message.format("a closed client")


def broken(*args: object) -> None:
    raise ModuleNotFoundError("No module named 'x'")


# what is refused


def message_of(kind: type[Exception], f: Callable[[], object]) -> str:
    with pytest.raises(kind) as caught:
        f()
    assert type(caught.value) is kind
    return str(caught.value)


def missing() -> nn.Dataset:
    return nn.load_mnist("/nowhere")[0]


def unreadable() -> nn.Dataset:
    Path("/nowhere/x.npy").read_bytes()
    raise AssertionError


def label_3() -> nn.Dataset:
    data = some(small(2))
    return nn.Dataset(data.X, np.where(np.arange(M) == M - 1, 3, data.y))


def rows() -> nn.Dataset:
    return nn.Dataset(np.ones((9, M)), np.zeros(M, int))


@pytest.mark.parametrize(
    ("read", "message"),
    [
        (missing, "/nowhere: must be a folder of IDX files; got nothing there."),
        (unreadable, "data() must be readable; got FileNotFoundError ([Errno 2] No such file or directory: '/nowhere/x.npy')."),
        (label_3, f"data: labels must be 0..2, as the network has 3 outputs; got 3 at sample {M - 1}."),
        (rows, "on_dask: X must have 7 rows, one column per sample, to enter W[1] (6×7); got X (9×18437)."),
        (dict, "on_dask: data() must be nn.Dataset; got a value of type dict. Pass nn.Dataset(X, y)?"),
    ],
)  # fmt: skip
def test_data_that_a_worker_cannot_use(both: Client, read: Callable[[], nn.Dataset], message: str) -> None:
    found = message_of(nn.DataError, lambda: on_dask(both, read)(small(2)))
    assert re.sub(r"worker tcp://[\d.:]+: ", "", found, count=1) == message
    assert found != message


def test_workers_that_read_different_data(both: Client) -> None:
    widths: dict[int, int] = dict(zip(both.run(os.getpid).values(), (4 * TILE, 5 * TILE), strict=True))
    assert message_of(nn.DataError, lambda: on_dask(both, partial(by_process, widths))(small(2))) == (
        "on_dask: all workers must read the same data; got X (7×4096, float64) and X (7×5120, float64)."
    )


def by_process(widths: dict[int, int]) -> nn.Dataset:
    return read(widths[os.getpid()], np.float64)


def test_data_that_do_not_fit_are_not_sent(both: Client) -> None:
    assert message_of(nn.DataError, lambda: on_dask(both, label_3())(small(2))) == (
        f"data: labels must be 0..2, as the network has 3 outputs; got 3 at sample {M - 1}."
    )


def test_arguments_of_another_kind(both: Client) -> None:
    wrong: list[tuple[type[Exception], object, object, str]] = [
        (nn.SettingError, "127.0.0.1:8786", some(small(2)), "on_dask: client must be a distributed.Client that is not "
         "asynchronous; got a value of type str. Pass Client('HOST:PORT')?"),
        (nn.ShapeError, both, np.ones((3, 4)), "on_dask: data must be nn.Dataset or a function that returns one; got a "
         "value of type ndarray. Pass nn.Dataset(X, y)?"),
    ]  # fmt: skip
    for kind, client, data, message in wrong:
        assert message_of(kind, lambda: on_dask(client, data)) == message  # type: ignore[arg-type] # noqa: B023


# the commands


def test_the_command_trains_on_a_cluster(both: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tyro")
    from nnfunc.cli.main import main

    for name, more in (("here", []), ("there", ["--dask", both.cluster.scheduler_address])):
        path = str(tmp_path / name)
        assert main(["train", "--batch", "full", "--epochs", "2", "--out", path, *more]) == 0
    here, there = (nn.load(tmp_path / name) for name in ("here", "there"))
    assert all(np.allclose(a.W, b.W, atol=1e-6) for a, b in zip(here.layers, there.layers, strict=True))


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_an_interrupt_ends_workers_of_this_machine(tmp_path: Path) -> None:
    pytest.importorskip("tyro")
    command = [sys.executable, "-m", "nnfunc", "train", "--dask", "local", "--batch", "full", "--epochs", "100000"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline().startswith("epoch 1/100000 ")
        process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does, the workers too
        process.stdout.read()
        errors = process.stderr.read()
        assert process.wait(60) == 130
    assert re.fullmatch(r"interrupted: epoch \d+ is in model.npz\n", errors)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("127.0.0.1:9", "Timed out trying to connect to tcp://127.0.0.1:9 after 0.2 s"),
        ("here", "missing port number in address 'here'"),
    ],
)
def test_a_cluster_that_does_not_answer(monkeypatch: pytest.MonkeyPatch, address: str, reason: str) -> None:
    from nnfunc.cli.cluster import connected

    monkeypatch.setattr("nnfunc.cli.cluster.PATIENCE", 0.2)
    assert message_of(nn.ClusterError, lambda: connected(address).__enter__()) == (
        f"--dask: {address} must be local, or HOST:PORT of a running scheduler; got {reason}. "
        f"Start one with 'dask scheduler'?"
    )


def test_the_sweep(both: Client) -> None:
    command = [sys.executable, str(ROOT / "scripts" / "sweep.py"), "--dask", both.cluster.scheduler_address]
    done = subprocess.run(
        [*command, "--epochs", "1", "0.1", "1e30"],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    *_, row, diverged = done.stdout.splitlines()
    assert re.fullmatch(r"\| 0.1 \| 0\.\d{4} \| 8\d\.\d\d% \|", row)
    assert diverged == "| 1e+30 | diverged in epoch 1 | |"
