"""HTML that notebooks display for networks, data and epochs: small tables, and digits as one image."""

import base64
import struct
import zlib
from collections.abc import Iterable, Sequence
from html import escape

import numpy as np

from nnfunc.base.array import Array

ZOOM = 2
"""The displayed width and height of one pixel of a digit."""


def table(head: Sequence[str], rows: Iterable[Sequence[object]], caption: str = "") -> str:
    """Return an HTML table; its cells are escaped text."""
    cells = "".join(f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in rows)
    names = "".join(f"<th>{escape(name)}</th>" for name in head)
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{title}<thead><tr>{names}</tr></thead><tbody>{cells}</tbody></table>"


def packed(content: bytes) -> str:
    """Encode bytes as base64 text."""
    return base64.b64encode(content).decode()


def picture(pixels: Array, text: str) -> str:
    """Return an HTML image of grey levels from 0 (black) to 255, height×width, with an alternative text."""
    height, width = pixels.shape
    size = f'width="{ZOOM * width}" height="{ZOOM * height}" style="image-rendering:pixelated"'
    return f'<img alt="{escape(text, quote=True)}" {size} src="data:image/png;base64,{packed(png(pixels))}">'


def png(pixels: Array) -> bytes:
    """Encode grey levels, height×width, as PNG (ISO/IEC 15948): a size chunk, and one of rows after a filter byte 0."""
    height, width = pixels.shape
    rows = np.hstack([np.zeros((height, 1), np.uint8), pixels.astype(np.uint8)])
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows.tobytes())),
        (b"IEND", b""),
    )
    signed = (struct.pack(">I", len(x)) + kind + x + struct.pack(">I", zlib.crc32(kind + x)) for kind, x in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(signed)
