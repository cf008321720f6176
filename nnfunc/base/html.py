"""What notebooks show of networks, data and epochs: small tables, and digits as one picture."""

import base64
import struct
import zlib
from collections.abc import Iterable, Sequence
from html import escape

import numpy as np

from nnfunc.base.array import Array

ZOOM = 2
"""How large a pixel of a digit is shown."""


def table(head: Sequence[str], rows: Iterable[Sequence[object]], caption: str = "") -> str:
    """A table in HTML; whatever is in it is shown as text."""
    cells = "".join(f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in rows)
    names = "".join(f"<th>{escape(name)}</th>" for name in head)
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{title}<thead><tr>{names}</tr></thead><tbody>{cells}</tbody></table>"


def packed(content: bytes) -> str:
    """Bytes as base64."""
    return base64.b64encode(content).decode()


def picture(pixels: Array, text: str) -> str:
    """Grey levels 0 (black) to 255, height×width, as an image in HTML, and what it shows in words."""
    height, width = pixels.shape
    size = f'width="{ZOOM * width}" height="{ZOOM * height}" style="image-rendering:pixelated"'
    return f'<img alt="{escape(text, quote=True)}" {size} src="data:image/png;base64,{packed(png(pixels))}">'


def png(pixels: Array) -> bytes:
    """Grey levels, height×width, as PNG (ISO/IEC 15948): one chunk for the size, one for the rows, each after a 0."""
    height, width = pixels.shape
    rows = np.hstack([np.zeros((height, 1), np.uint8), pixels.astype(np.uint8)])
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows.tobytes())),
        (b"IEND", b""),
    )
    signed = (struct.pack(">I", len(x)) + kind + x + struct.pack(">I", zlib.crc32(kind + x)) for kind, x in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(signed)
