"""Take the README's picture of a report: on a screen, and on a phone in dark mode, each with a digit drawn on it.

    python scripts/report_picture.py RUN FILE

It needs selenium, Pillow and Chromium, whose path is in the environment variable CHROMIUM.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.report.browser import browser

SEVEN = [[(0.27, 0.24), (0.5, 0.22), (0.72, 0.24), (0.62, 0.46), (0.47, 0.82)], [(0.4, 0.54), (0.68, 0.53)]]
THREE = [[(0.3, 0.22), (0.55, 0.18), (0.65, 0.32), (0.45, 0.47), (0.68, 0.62), (0.58, 0.8), (0.3, 0.78)]]

HEIGHT = 1240
"""The height of the picture in pixels."""


def main(run: Path, file: Path) -> None:
    """Take both pictures, and put them side by side."""
    cases: list[tuple[dict[str, Any], Any]] = [
        ({"width": 1180}, SEVEN),
        ({"width": 390, "height": 844, "dark": True, "phone": True}, THREE),
    ]
    shots = list[Image.Image]()
    for case, strokes in cases:
        with browser(**case) as page, tempfile.TemporaryDirectory() as folder:
            page.open(run / "report.html")
            page.draw(strokes)
            page.picture(Path(folder) / "shot.png")
            shot = Image.open(Path(folder) / "shot.png").convert("RGB")
            scale = (case["width"] if "phone" not in case else 390 * 1.2) / shot.width
            shots.append(
                shot.resize((round(shot.width * scale), round(shot.height * scale))).crop(
                    (0, 0, round(shot.width * scale), HEIGHT)
                )
            )
    whole = Image.new("RGB", (sum(shot.width for shot in shots), HEIGHT), "white")
    left = 0
    for shot in shots:
        whole.paste(shot, (left, 0))
        left += shot.width
    whole.save(file, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
