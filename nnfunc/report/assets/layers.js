// The forward pass as it happens: each matrix as a heat map, with its equation and its dimensions.

const NUMBERED = 16;

/** Of so many nodes, how many are in a row.  @param {number} n */
function columnsFor(n) {
  const side = Math.sqrt(n);
  if (Number.isInteger(side) && n > 256) return side;
  return n <= NUMBERED ? n : n <= 256 ? 16 : 32;
}

/** @param {number} value */
function short(value) {
  const text =
    Math.abs(value) >= 1000 || (value !== 0 && Math.abs(value) < 0.005) ? value.toExponential(0) : value.toFixed(2);
  return text.replace("-", "−");
}

/** In a narrow place.  @param {number} value */
function brief(value) {
  const size = Math.abs(value);
  return (size >= 1000 ? value.toExponential(0) : value.toFixed(size < 0.995 ? 2 : size < 99.95 ? 1 : 0)).replace(
    "-",
    "−",
  );
}

/**
 * A figure for each matrix, and a function that shows values in them; null for none.
 * @param {HTMLElement} place  @param {{ formula: string, dimensions: string, n: number }[]} matrices
 * @returns {(values: (ArrayLike<number> | null)[]) => void}
 */
function heatMaps(place, matrices) {
  const shows = matrices.map(({ formula, dimensions, n }, i) => {
    const columns = columnsFor(n);
    const canvas = picture("", "heat");
    const reading = made("p", { class: "reading" });
    const numbers = made("ol", { class: "numbers", "aria-hidden": "true" });
    const caption = made(
      "figcaption",
      {},
      made("b", {}, formula),
      " ",
      made("span", { class: "dimensions" }, dimensions),
    );
    canvas.style.setProperty("--columns", String(columns));
    canvas.style.setProperty("--cell", n > 256 ? "8px" : n > NUMBERED ? "20px" : "40px");
    numbers.style.setProperty("--columns", String(columns));
    place.append(made("figure", { class: "matrix" }, caption, canvas, ...(n <= NUMBERED ? [numbers] : []), reading));
    if (i === 0) canvas.classList.add("dark");

    /** @type {ArrayLike<number>} */
    let shown = new Float64Array(n);
    canvas.addEventListener("pointermove", (event) => {
      const x = Math.floor((event.offsetX / canvas.clientWidth) * columns);
      const at = Math.floor((event.offsetY / canvas.clientHeight) * canvas.height) * columns + x;
      if (at >= 0 && at < n) reading.textContent = `${i ? "node" : "pixel"} ${at + 1} of ${n}: ${short(shown[at])}`;
    });
    const name = formula.split(" ")[0];

    /** @param {ArrayLike<number> | null} values */
    return (values) => {
      shown = values ?? new Float64Array(n);
      const list = Array.from(shown);
      const [least, most] = list.reduce(
        ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
        [Infinity, -Infinity],
      );
      paint(canvas, shown, columns, i ? signed(largestOf(shown)) : (value) => white(255 * value));
      reading.textContent = values ? `${short(least)} … ${short(most)}` : "nothing yet";
      canvas.setAttribute("aria-label", `${name}, ${n} numbers: ${reading.textContent}`);
      if (n <= NUMBERED) numbers.replaceChildren(...list.map((value) => made("li", {}, values ? brief(value) : "·")));
    };
  });
  return (values) => shows.forEach((show, i) => show(values[i]));
}
