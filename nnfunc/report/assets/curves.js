// Curves that tell the values of an epoch.

/** @typedef {{ epochs: number[], lines: { name: string, values: string[] }[] }} Curve */

/** @param {HTMLElement} figure  @param {Curve} curve */
function readableCurve(figure, curve) {
  const svg = /** @type {SVGSVGElement} */ (figure.querySelector("svg"));
  const cursor = /** @type {SVGLineElement} */ (figure.querySelector(".cursor"));
  const reading = /** @type {HTMLElement} */ (figure.querySelector(".reading"));
  const xs = (svg.dataset.x ?? "").split(" ").map(Number);

  /** @param {number} i */
  function tell(i) {
    cursor.setAttribute("x1", String(xs[i]));
    cursor.setAttribute("x2", String(xs[i]));
    cursor.classList.add("on");
    const values = curve.lines.map(({ name, values }) => `${name} ${values[i]}`);
    reading.textContent = `epoch ${curve.epochs[i]}: ${values.join(", ")}`;
    return reading.textContent;
  }

  /** @param {number} share */
  function nearest(share) {
    const x = share * svg.viewBox.baseVal.width;
    return xs.reduce((best, other, i) => (Math.abs(other - x) < Math.abs(xs[best] - x) ? i : best), 0);
  }

  readable(svg, xs.length, 1, nearest, tell);
}
