"""A real browser without a window, and what a person does in it."""

import base64
import json
import os
import shutil
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
)


CHROMIUM = os.environ.get("CHROMIUM")
"""The program."""

WHY_NOT = "CHROMIUM names no browser, or chromedriver is not installed"

PATIENCE = 5
"""Seconds in which something must be shown."""


@contextmanager
def browser(*, width: int = 1280, height: int = 900, dark: bool = False, phone: bool = False) -> Generator["Page"]:
    """Chromium; tests that need it are skipped where CHROMIUM does not name it."""
    webdriver: Any = pytest.importorskip("selenium.webdriver")
    driver = shutil.which("chromedriver")
    if not CHROMIUM or driver is None:
        pytest.skip(WHY_NOT)
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for option in (*OPTIONS, f"--window-size={width},{height}"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    if phone:
        metrics = {"width": width, "height": height, "pixelRatio": 2, "touch": True}
        options.add_experimental_option("mobileEmulation", {"deviceMetrics": metrics})
    chrome = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        page = Page(chrome, "touch" if phone else "mouse")
        page.prefers("prefers-color-scheme", "dark" if dark else "light")
        yield page
    finally:
        chrome.quit()


class Page:
    """A page in the browser."""

    def __init__(self, chrome: Any, pointer: str) -> None:
        self.chrome, self.pointer = chrome, pointer

    def open(self, file: Path) -> None:
        """Open a file from disk."""
        self.chrome.get(file.resolve().as_uri())

    def prefers(self, feature: str, value: str) -> None:
        """What the person has chosen for all pages."""
        self.chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": feature, "value": value}]})

    def all(self, selector: str) -> list[Any]:
        """The elements of a selector."""
        found: list[Any] = self.chrome.find_elements("css selector", selector)
        return found

    def text(self, selector: str) -> str:
        """The text of the only element of a selector."""
        (element,) = self.all(selector)
        return str(element.text)

    def shows(self, selector: str, text: str) -> bool:
        """Whether the only element of a selector gets a text within some seconds: a tap has its effect a little later."""
        end = time.monotonic() + PATIENCE
        while self.text(selector) != text and time.monotonic() < end:
            time.sleep(0.02)
        return self.text(selector) == text

    def run(self, code: str) -> Any:
        """What some code of JavaScript returns."""
        return self.chrome.execute_script(code)

    def click(self, selector: str) -> None:
        """Click the first element of a selector, where it is."""
        element = self.all(selector)[0]
        self.chrome.execute_script("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", element)
        if self.pointer == "mouse":
            element.click()
            return
        box = element.rect
        top = self.run("return window.scrollY")
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 - top
        self._point("Pressed", x, y)
        self._point("Released", x, y)

    def press(self, *keys: str) -> None:
        """Press keys, where the focus is."""
        self.chrome.switch_to.active_element.send_keys(*keys)

    def draw(self, strokes: Sequence[Sequence[tuple[float, float]]]) -> None:
        """Draw strokes with the pointer: points (x, y), 0..1 from the left and from the top of the paper."""
        paper = self.all("#paper")[0]
        self.chrome.execute_script("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", paper)
        left, top, size = self.run(
            "const box = document.getElementById('paper').getBoundingClientRect(); return [box.left, box.top, box.width]"
        )
        for stroke in strokes:
            points = [(left + x * size, top + y * size) for x, y in stroke]
            self._point("Pressed", *points[0])
            for point in points[1:]:
                self._point("Moved", *point)
            self._point("Released", *points[-1])

    def _point(self, what: str, x: float, y: float) -> None:
        if self.pointer == "touch":
            kind = {"Pressed": "touchStart", "Moved": "touchMove", "Released": "touchEnd"}[what]
            points = [] if what == "Released" else [{"x": x, "y": y}]
            self.chrome.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        else:
            event = {"type": f"mouse{what}", "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1}
            self.chrome.execute_cdp_cmd("Input.dispatchMouseEvent", event)

    def complaints(self) -> list[str]:
        """What the console says is wrong."""
        return [entry["message"] for entry in self.chrome.get_log("browser")]

    def requests(self) -> set[str]:
        """The kinds of all addresses that something was asked from."""
        events = [json.loads(entry["message"])["message"] for entry in self.chrome.get_log("performance")]
        urls = (e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent")
        return {url.partition(":")[0] for url in urls}

    def picture(self, file: Path) -> None:
        """The whole page as a PNG."""
        shot = self.chrome.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "format": "png"})
        file.write_bytes(base64.b64decode(shot["data"]))
