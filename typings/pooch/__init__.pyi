from pathlib import Path

class HTTPDownloader:
    def __init__(self, *, progressbar: bool = ..., timeout: float = ...) -> None: ...

def os_cache(project: str) -> Path: ...
def retrieve(
    url: str,
    known_hash: str | None,
    fname: str | None = ...,
    path: Path | None = ...,
    *,
    downloader: HTTPDownloader = ...,
) -> str: ...
