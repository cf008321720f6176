"""A real browser without a window, and what a person does in it."""

import base64
import shutil
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


@contextmanager
def browser(*, width: int = 1280, height: int = 900, dark: bool = False, phone: bool = False) -> Generator["Page"]:
    """Chromium; tests that need it are skipped where it or its driver is absent."""
    webdriver: Any = pytest.importorskip("selenium.webdriver")
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        pytest.skip("chromium and chromedriver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = program
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

    def run(self, code: str) -> Any:
        """What some code of JavaScript returns."""
        return self.chrome.execute_script(code)

    def click(self, selector: str) -> None:
        """Click the first element of a selector, where it is."""
        element = self.all(selector)[0]
        self.chrome.execute_script("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", element)
        element.click()

    def press(self, *keys: str) -> None:
        """Press keys, where the focus is."""
        self.chrome.switch_to.active_element.send_keys(*keys)

    def draw(self, strokes: Sequence[Sequence[tuple[float, float]]], duration: int = 0) -> None:
        """Draw strokes with the pointer: points (x, y), 0..1 from the left and from the top of the paper."""
        from selenium.webdriver.common.actions.action_builder import ActionBuilder
        from selenium.webdriver.common.actions.pointer_input import PointerInput

        paper = self.all("#paper")[0]
        self.chrome.execute_script("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", paper)
        width, height = paper.size["width"], paper.size["height"]
        actions = ActionBuilder(self.chrome, mouse=PointerInput(self.pointer, "pointer"), duration=duration)
        for stroke in strokes:
            for i, (x, y) in enumerate(stroke):
                actions.pointer_action.move_to(paper, round((x - 0.5) * width), round((y - 0.5) * height))
                if i == 0:
                    actions.pointer_action.pointer_down()
            actions.pointer_action.pointer_up()
        actions.perform()

    def complaints(self) -> list[str]:
        """What the console says is wrong."""
        return [entry["message"] for entry in self.chrome.get_log("browser")]

    def requests(self) -> set[str]:
        """The kinds of all addresses that something was asked from."""
        import json

        events = [json.loads(entry["message"])["message"] for entry in self.chrome.get_log("performance")]
        urls = (e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent")
        return {url.partition(":")[0] for url in urls}

    def picture(self, file: Path) -> None:
        """The whole page as a PNG."""
        shot = self.chrome.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "format": "png"})
        file.write_bytes(base64.b64decode(shot["data"]))
