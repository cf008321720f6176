"""The compiled loop that replays tables, if it was built and this processor supports it."""

import ctypes
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from nnfunc.recording.native.grouping import MOST, STRIPS
from nnfunc.recording.native.lowering import FUNCTIONS, WORDS

LIBRARY = Path(__file__).with_name("libreplay.so")

PRODUCTS = (("scipy_cblas_sgemm64_", "scipy_cblas_dgemm64_"), ("cblas_sgemm64_", "cblas_dgemm64_"))
"""The names under which NumPy's OpenBLAS exports its matrix products with 64-bit integers."""


class Native(NamedTuple):
    """The loop in C, and the addresses of the matrix products in NumPy's BLAS."""

    replay: Callable[[int, int, int, int, int], int]
    processor: str
    sgemm: int
    dgemm: int


@cache
def native() -> Native | str:
    """Return the loop in C, or why it cannot be used, as a predicate such as "was not built"."""
    if os.environ.get("NNFUNC_REPLAY") == "python":
        return "is switched off by NNFUNC_REPLAY=python"
    if not LIBRARY.exists():
        return "was not built"
    try:
        library = ctypes.CDLL(str(LIBRARY))
        if library.replay_layout() != 8 * WORDS * 1000000 + len(FUNCTIONS) * 10000 + MOST * 100 + STRIPS:
            return "was built from different sources"
        library.replay_processor.restype = ctypes.c_char_p
        library.replay.argtypes = [ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
        library.replay.restype = ctypes.c_int
    except (OSError, AttributeError) as error:
        return f"cannot be loaded ({error})"
    processor: bytes | None = library.replay_processor()
    if processor is None:
        return "needs a processor with AVX2"
    products = _products()
    return (
        Native(library.replay, processor.decode(), *products)
        if products
        else "cannot find the matrix products of NumPy's BLAS"
    )


def described() -> str:
    """Return a description of how recordings are replayed on this machine."""
    found = native()
    return f"in Python, because the replay in C {found}" if isinstance(found, str) else f"in C ({found.processor})"


def _products() -> tuple[int, int] | None:
    """Return the addresses of sgemm and dgemm in NumPy's BLAS, or None."""
    from threadpoolctl import ThreadpoolController

    found = [str(each.filepath) for each in ThreadpoolController().lib_controllers if each.internal_api == "openblas"]
    for path in (path for path in found if "numpy" in path):
        library: Any = ctypes.CDLL(path)
        for names in PRODUCTS:
            if all(hasattr(library, name) for name in names):
                sgemm, dgemm = (ctypes.cast(library[name], ctypes.c_void_p).value for name in names)
                return (sgemm, dgemm) if sgemm and dgemm else None
    return None
