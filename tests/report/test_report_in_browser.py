"""The report as people use it: in a real browser, with a mouse, a finger and keys."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import nnfunc as nn
from nnfunc import report
from nnfunc.data.mnist import EMBEDDED
from tests.conftest import MNIST
from tests.data.strokes import strokes
from tests.report.browser import CHROMIUM, WHY_NOT, Page, browser

pytest.importorskip("tyro")
pytest.importorskip("selenium")
if not CHROMIUM or shutil.which("chromedriver") is None:
    pytest.skip(WHY_NOT, allow_module_level=True)

ONE = [[(0.52, 0.2), (0.5, 0.5), (0.48, 0.8)]]
SEVEN = [[(0.28, 0.25), (0.5, 0.24), (0.72, 0.25), (0.58, 0.5), (0.46, 0.8)]]
ZERO = [
    [(0.5 + 0.19 * np.sin(t), 0.5 - 0.29 * np.cos(t)) for t in np.linspace(0, 2 * np.pi, 24)],
]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run with a report, of the whole of MNIST where it is there."""
    from nnfunc.cli.main import main

    folder = tmp_path_factory.mktemp("runs") / "<script>alert('name')<"
    data = MNIST if MNIST.is_dir() else EMBEDDED
    options = ["--hidden", "128", "--batch", "64", "--epochs", "5", "--learning-rate", "0.2"]
    assert main(["train", "--data", str(data), *options, "--run", str(folder)]) == 0
    assert main(["report", str(folder)]) == 0
    return folder


@pytest.fixture
def page(run: Path) -> Iterator[Page]:
    with browser() as page:
        page.open(run / "report.html")
        yield page
        assert page.complaints() == []
        assert page.requests() <= {"file", "data"}


@pytest.fixture
def on_phone(run: Path) -> Iterator[Page]:
    with browser(width=390, height=844, dark=True, phone=True) as page:
        page.open(run / "report.html")
        yield page
        assert page.complaints() == []
        assert page.requests() <= {"file", "data"}


def answer(page: Page) -> str:
    return page.text("#answer").partition(" ")[0]


def drawn_and_cleared(page: Page) -> None:
    for digit, lines in (("1", ONE), ("7", SEVEN), ("0", ZERO)):
        assert page.shows("#answer", "Nothing drawn")
        page.draw(lines)
        assert answer(page) == digit
        assert page.text("#bars .best .name") == digit
        page.click("#clear")
    assert page.shows("#answer", "Nothing drawn")
    assert page.all("#bars .value")[0].text == "–"


def test_digits_are_drawn_with_a_mouse(page: Page) -> None:
    drawn_and_cleared(page)


def test_digits_are_drawn_with_a_finger_on_a_phone_in_the_dark(on_phone: Page) -> None:
    drawn_and_cleared(on_phone)
    assert on_phone.run("return document.documentElement.scrollWidth") <= 390, "nothing sticks out"
    back = on_phone.run("return getComputedStyle(document.body).backgroundColor")
    assert max(int(x) for x in back.strip("rgb()").split(",")) < 60, "it is dark"


def test_what_was_done_is_undone(page: Page) -> None:
    page.draw(SEVEN)
    first = page.text("#answer")
    page.draw(ONE)
    both = page.text("#answer")
    assert both != first
    page.click("#samples button:nth-child(5)")
    assert answer(page) == "4"
    for before in (both, first, "Nothing drawn", "Nothing drawn"):
        page.click("#undo")
        assert page.text("#answer") == before
    page.draw(SEVEN)
    assert page.text("#answer") == first
    page.click("#clear")
    page.click("#undo")
    assert page.text("#answer") == first


def test_a_second_finger_does_not_disturb(on_phone: Page) -> None:
    on_phone.draw(SEVEN)
    alone = on_phone.text("#answer")
    on_phone.click("#clear")
    left, top, size = on_phone.run(
        "const box = document.getElementById('paper').getBoundingClientRect(); return [box.left, box.top, box.width]"
    )
    first = [{"x": left + x * size, "y": top + y * size, "id": 1} for x, y in SEVEN[0]]
    second = {"x": left + 0.9 * size, "y": top + 0.9 * size, "id": 2}
    for kind, points in (
        ("touchStart", first[:1]),
        ("touchStart", [first[0], second]),
        *(("touchMove", [point, second | {"y": second["y"] - i}]) for i, point in enumerate(first[1:])),
        ("touchEnd", first[-1:]),
        ("touchEnd", []),
    ):
        on_phone.chrome.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    assert on_phone.shows("#answer", alone)


def test_a_stroke_on_a_loaded_digit_begins_anew(page: Page) -> None:
    page.draw(SEVEN)
    alone = page.text("#answer")
    page.click("#samples button")
    page.draw(SEVEN)
    assert page.text("#answer") == alone


def test_the_network_is_watched_while_one_draws(page: Page) -> None:
    shown = [figure.text for figure in page.all("#layers figure")]
    formulas = [
        "A[0] = X",
        "Z[1] = W[1] A[0] + b[1]",
        "A[1] = ReLU(Z[1])",
        "Z[2] = W[2] A[1] + b[2]",
        "A[2] = softmax(Z[2])",
    ]
    assert [text.splitlines()[0] for text in shown] == formulas
    assert "128×1 = (128×784)(784×1) + 128×1" in shown[1]
    assert all("nothing yet" in text for text in shown)
    page.draw(SEVEN)
    assert all("…" in figure.text for figure in page.all("#layers figure"))
    label = page.all("#layers canvas")[4].get_attribute("aria-label")
    assert label.startswith("A[2], 10 numbers: ")


def test_a_cell_of_the_confusion_matrix_shows_its_digits(page: Page, run: Path) -> None:
    params, (_, test) = nn.load(run / "model.npz"), nn.load_mnist(MNIST if MNIST.is_dir() else None)
    wrong = page.all("#confusion .wrong")[4]
    true, predicted = (int(i) for i in wrong.get_attribute("data-cell").split(","))
    count = int(wrong.text)
    page.run("document.querySelectorAll('#confusion .wrong')[4].click()")
    assert page.text("#cell-title") == f"{true}, taken for {predicted}: {count}"
    samples = np.flatnonzero((test.y == true) & (nn.predict(params, test.X) == predicted))
    labels = [canvas.get_attribute("aria-label") for canvas in page.all("#cell canvas")]
    assert sorted(int(label.split(":")[0].removeprefix("image ")) - 1 for label in labels) == samples.tolist()
    page.click("#cell button")
    assert answer(page) == str(predicted), "it is loaded, and taken for the same again"
    assert page.text("#truth").endswith(f", which is {true}")
    assert page.run("return document.activeElement.id") == "draw"


def test_the_most_confident_mistake_is_the_first(page: Page, run: Path) -> None:
    params, (_, test) = nn.load(run / "model.npz"), nn.load_mnist(MNIST if MNIST.is_dir() else None)
    worst = int(nn.mistakes(params, test)[0])
    assert page.all("#mistakes canvas")[0].get_attribute("aria-label").startswith(f"image {worst + 1}: ")


def test_curves_tell_their_values(page: Page, run: Path) -> None:
    rows = nn.read_history(run / "history.csv")
    page.run("document.querySelector('.curve svg').focus()")
    page.press("\ue012")  # arrow to the left
    assert page.all(".curve .reading")[0].text == (
        f"epoch 4: training {rows[3].cost:.4g}, test {rows[3].validation_cost:.4g}"
    )


def test_heat_maps_tell_their_values_to_keys(page: Page, run: Path) -> None:
    page.click("#samples button")
    sample = page.text("#truth").split()[2].strip(",")
    _, test = nn.load_mnist(MNIST if MNIST.is_dir() else None)
    params = nn.load(run / "model.npz")
    cache = nn.forward(params, nn.scale(test.X[:, [int(sample) - 1]]))
    page.run("document.querySelectorAll('#layers canvas')[1].focus()")
    page.press("\ue011", "\ue014", "\ue015")  # Home, to the right, down
    told = page.all("#layers .reading")[1].text
    assert told == f"node 18 of 128: {cache.layers[0].Z[17, 0]:.2f}".replace("-", "−")
    assert page.all("#layers canvas")[1].get_attribute("aria-valuetext") == told


def test_a_name_is_shown_as_text(page: Page) -> None:
    assert page.text("h1") == "<script>alert('name')<"
    assert page.chrome.title == "<script>alert('name')<"


def test_is_it_a_three(tmp_path: Path, subset: tuple[nn.Dataset, nn.Dataset]) -> None:
    training, test = (nn.Dataset(data.X, nn.is_digit(data.y, 3)) for data in subset)
    *_, last = nn.train(nn.init((784, 32, 1), output="sigmoid"), training, learning_rate=0.1, batch=32, epochs=5)
    (tmp_path / "three.html").write_text(report.page(last.params, test, digit=3))
    three = [[(0.3, 0.22), (0.55, 0.18), (0.65, 0.32), (0.45, 0.47), (0.68, 0.62), (0.58, 0.8), (0.3, 0.78)]]
    with browser() as page:
        page.open(tmp_path / "three.html")
        assert page.text("#answer") == "Nothing drawn"
        page.draw(three)
        assert page.text("#answer").startswith("A 3 (")
        assert [row.text.splitlines()[0] for row in page.all("#bars li")] == ["a 3?"], "one probability"
        page.click("#clear")
        page.draw(ONE)
        assert page.text("#answer").startswith("Not a 3 (")
        assert page.complaints() == []


def test_pages_of_all_kinds_open(tmp_path: Path, subset: tuple[nn.Dataset, nn.Dataset]) -> None:
    rng = np.random.default_rng(0)
    few = subset[1].take(slice(0, 60))
    cases: list[tuple[nn.Params, nn.Dataset]] = [
        (nn.init((784, 10)), few),
        (nn.init((784, 300, 40, 10), activation="elu", output="tanh"), few),
        (nn.init((784, 8, 4), output="sigmoid"), nn.Dataset(few.X, (rng.random((4, 60)) < 0.5).astype(np.float32))),
        (nn.init((784, 8, 1), output="identity"), nn.Dataset(few.X, rng.normal(0, 1, (1, 60)).astype(np.float32))),
        (nn.init((64, 8, 3), dtype=np.float64), nn.Dataset(rng.random((64, 60)), rng.integers(0, 3, 60))),
        (nn.init((5, 8, 3), dtype=np.float64), nn.Dataset(rng.normal(0, 1, (5, 60)), rng.integers(0, 3, 60))),
    ]
    with browser() as page:
        for params, data in cases:
            (tmp_path / "x.html").write_text(report.page(params, data))
            page.open(tmp_path / "x.html")
            if page.all("#paper"):
                page.draw(SEVEN)
                assert page.text("#answer") != "Nothing drawn"
            for button in page.all("#confusion button")[:1]:
                page.click("#confusion button")
                assert len(page.all("#cell canvas")) == int(button.text)
            assert page.complaints() == [], params


def test_everything_has_a_name_and_is_reached_by_keys(page: Page) -> None:
    nameless = """return [...document.querySelectorAll('button, canvas, svg')].filter(
        (e) => !(e.getAttribute('aria-label') || e.textContent.trim() || e.querySelector('[aria-label]'))).length"""
    assert page.run(nameless) == 0
    page.run("document.querySelector('#samples button').focus()")
    page.press("\ue007")  # Enter
    assert answer(page) == "0"
    assert page.run("return document.getElementById('said').textContent") == page.text("#answer")


CONTRAST = """
const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
const over = (top, below) => { const [a, b] = [parts(top), parts(below)]; const o = a[3] ?? 1;
  return `rgb(${[0, 1, 2].map((i) => a[i] * o + b[i] * (1 - o)).join(',')})`; };
const behind = (e) => e ? over(getComputedStyle(e).backgroundColor, behind(e.parentElement)) :
  getComputedStyle(document.documentElement).colorScheme && matchMedia('(prefers-color-scheme: dark)').matches ? 'rgb(18,18,18)' : 'rgb(255,255,255)';
const light = (colour) => { const [r, g, b] = parts(colour).map((x) => x / 255).map((x) => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const own = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
return [...document.body.querySelectorAll('*')].filter((e) => own(e) && !['SCRIPT', 'STYLE'].includes(e.tagName)).map((e) => {
  const style = getComputedStyle(e), back = behind(e);
  const ink = over(e instanceof SVGElement ? style.fill : style.color, back);
  const [a, b] = [light(ink), light(back)].sort((x, y) => y - x);
  return [(a + 0.05) / (b + 0.05), e.tagName + ' ' + e.className + ' ' + e.textContent.trim().slice(0, 20)]; })
  .filter(([ratio]) => ratio < 4.5);
"""


@pytest.mark.parametrize("dark", [False, True])
def test_all_text_stands_out(run: Path, dark: bool) -> None:
    with browser(dark=dark) as page:
        page.open(run / "report.html")
        page.draw(SEVEN)
        page.run("document.querySelectorAll('#confusion .wrong')[4].click()")
        assert page.run(CONTRAST) == [], "WCAG AA: 4.5 to 1"


def test_who_wants_less_motion_gets_none(run: Path) -> None:
    with browser() as page:
        page.prefers("prefers-reduced-motion", "reduce")
        page.open(run / "report.html")
        assert page.run("return getComputedStyle(document.querySelector('#bars .bar')).transitionDuration") == "0s"
        assert page.run("return getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_real_digits_drawn_as_strokes_are_recognised(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, test = nn.load_mnist(MNIST if MNIST.is_dir() else None)
    right = 0
    with browser(width=600, height=480) as page:
        page.open(run / "report.html")
        for i in range(100):
            page.draw(strokes(test.X[:, i].reshape(28, 28)))
            right += answer(page) == str(test.y[i])
            page.run("document.getElementById('clear').click()")
    with capsys.disabled():
        print(f"\n{right} of 100 digits of the test set, drawn as strokes, are recognised")
    assert right >= 90
