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
  const size = Math.abs(value);
  const text = size >= 1000 || (value !== 0 && size < 0.005) ? value.toExponential(0) : value.toFixed(2);
  return text.replaceAll("-", "−");
}

/** In a narrow place.  @param {number} value */
function brief(value) {
  const size = Math.abs(value);
  const text = size >= 1000 ? value.toExponential(0) : value.toFixed(size < 9.95 ? 1 : 0);
  return text.replaceAll("-", "−");
}

/** @typedef {{ formula: string, dimensions: string, n: number, names: string[] | null }} Matrix */

class HeatMap {
  #canvas = picture("", "heat");
  #reading = made("p", { class: "reading" });
  #numbers = made("ol", { class: "numbers", "aria-hidden": "true" });
  /** @type {ArrayLike<number> | null} */
  #values = null;
  #matrix;
  #isInput;
  #columns;

  /** @param {HTMLElement} place  @param {Matrix} matrix  @param {boolean} isInput */
  constructor(place, matrix, isInput) {
    const { formula, dimensions, n } = matrix;
    this.#matrix = matrix;
    this.#isInput = isInput;
    this.#columns = columnsFor(n);
    for (const element of [this.#canvas, this.#numbers]) {
      element.style.setProperty("--columns", String(this.#columns));
      element.style.setProperty("--cell", n > 256 ? "8px" : n > NUMBERED ? "20px" : "40px");
    }
    this.#canvas.classList.toggle("dark", isInput);
    const size = made("span", { class: "dimensions" }, dimensions);
    const caption = made("figcaption", {}, made("b", {}, formula), " ", size);
    const shown = n <= NUMBERED ? [this.#canvas, this.#numbers] : [this.#canvas];
    place.append(made("figure", { class: "matrix" }, caption, ...shown, this.#reading));
    readable(this.#canvas, n, this.#columns, this.#at, (i) => this.#tell(i));
  }

  /** @param {number} x  @param {number} y */
  #at = (x, y) => {
    const rows = Math.ceil(this.#matrix.n / this.#columns);
    return Math.floor(y * rows) * this.#columns + Math.min(Math.floor(x * this.#columns), this.#columns - 1);
  };

  /** @param {number} i */
  #tell(i) {
    const value = this.#values ? short(this.#values[i]) : "nothing yet";
    return (this.#reading.textContent = `${this.#isInput ? "pixel" : "node"} ${i + 1} of ${this.#matrix.n}: ${value}`);
  }

  /** @param {ArrayLike<number> | null} values */
  show(values) {
    this.#values = values;
    const shown = values ?? new Float64Array(this.#matrix.n);
    paint(this.#canvas, shown, this.#columns, this.#isInput ? (value) => white(255 * value) : signed(largestOf(shown)));
    this.#reading.textContent = values ? `${short(leastOf(shown))} … ${short(mostOf(shown))}` : "nothing yet";
    const name = this.#matrix.formula.split(" ")[0];
    this.#canvas.setAttribute("aria-label", `${name}, ${this.#matrix.n} numbers: ${this.#reading.textContent}`);
    if (this.#matrix.n > NUMBERED) return;
    const texts = Array.from(shown, (value) => (values ? brief(value) : "·"));
    const names = this.#matrix.names ?? texts.map((_, i) => String(i + 1));
    this.#numbers.replaceChildren(...texts.map((text, i) => made("li", {}, text, made("b", {}, names[i]))));
  }
}
