"""MNIST is downloaded from mirrors, whole or not at all."""

import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nnfunc.data.mnist import download_mnist
from tests.data.files import message_of, write


class Server:
    """Serves the contents below /good/ as they are, below /wrong/ with another end, and nothing else."""

    def __init__(self, contents: dict[str, bytes]) -> None:
        asked: list[str] = []
        self.asked = asked

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                _, mirror, name = self.path.split("/")
                content = contents[name] + b"?" * (mirror == "wrong")
                self.send_response(404 if mirror == "empty" else 200)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01}).start()

    def stop(self) -> None:
        self.http.shutdown()
        self.http.server_close()


CONTENTS = {"a.gz": b"the first", "b.gz": b"the second"}
SHA256 = {name: hashlib.sha256(content).hexdigest() for name, content in CONTENTS.items()}


@pytest.fixture
def server() -> Iterator[Server]:
    pytest.importorskip("pooch")
    started = Server(CONTENTS)
    yield started
    started.stop()


@pytest.mark.parametrize("progress", [False, True])
def test_mirrors_are_tried_in_order(server: Server, tmp_path: Path, progress: bool) -> None:
    mirrors = ["http://127.0.0.1:9/", f"{server.address}/empty/", f"{server.address}/good/", f"{server.address}/not/"]
    folder = download_mnist(tmp_path / "mnist", progress=progress, mirrors=mirrors, sha256=SHA256)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == CONTENTS
    assert server.asked == ["/empty/a.gz", "/good/a.gz", "/empty/b.gz", "/good/b.gz"]


def test_a_second_download_asks_nobody(server: Server, tmp_path: Path) -> None:
    for _ in range(2):
        assert download_mnist(tmp_path, mirrors=[f"{server.address}/good/"], sha256=SHA256) == tmp_path
    assert len(server.asked) == len(CONTENTS)


def test_a_file_with_another_sum_is_refused(server: Server, tmp_path: Path) -> None:
    mirror = f"{server.address}/wrong/"
    message = message_of(lambda: download_mnist(tmp_path, mirrors=[mirror], sha256=SHA256))
    assert message.startswith(f"data mnist: a.gz must come whole from a mirror; got ValueError from {mirror}. ")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_is_downloaded_again(server: Server, tmp_path: Path) -> None:
    write(tmp_path / "a.gz", "damaged")
    download_mnist(tmp_path, mirrors=[f"{server.address}/good/"], sha256=SHA256)
    assert (tmp_path / "a.gz").read_bytes() == CONTENTS["a.gz"]


def test_a_download_needs_a_folder(tmp_path: Path) -> None:
    pytest.importorskip("pooch")
    path = write(tmp_path / "x", "")
    assert message_of(lambda: download_mnist(path)) == (
        f"{path}: must be a folder for the files; got a file. Choose another path?"
    )
