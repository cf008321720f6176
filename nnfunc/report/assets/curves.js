// Curves that tell their values: where the pointer is, or with the arrow keys.

/** @typedef {{ epochs: number[], lines: { name: string, values: string[] }[] }} Curve */

/** @param {HTMLElement} figure  @param {Curve} curve */
function readable(figure, curve) {
  const svg = /** @type {SVGSVGElement} */ (figure.querySelector("svg"));
  const cursor = /** @type {SVGLineElement} */ (figure.querySelector(".cursor"));
  const reading = /** @type {HTMLElement} */ (figure.querySelector("output"));
  const xs = (svg.dataset.x ?? "").split(" ").map(Number);
  let at = xs.length - 1;

  /** @param {number} i */
  function show(i) {
    at = Math.min(Math.max(i, 0), xs.length - 1);
    cursor.setAttribute("x1", String(xs[at]));
    cursor.setAttribute("x2", String(xs[at]));
    cursor.classList.add("on");
    const values = curve.lines.map(({ name, values }) => `${name} ${values[at]}`);
    reading.textContent = `epoch ${curve.epochs[at]}: ${values.join(", ")}`;
  }

  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
    show(xs.reduce((best, other, i) => (Math.abs(other - x) < Math.abs(xs[best] - x) ? i : best), 0));
  });
  svg.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (steps === undefined) return;
    event.preventDefault();
    show(at + steps);
  });
}
