// The page: what is drawn or loaded goes through the network, and what is clicked shows its digits.

/**
 * @typedef {object} Data
 * @property {{ W: string, b: string, activation: string }[]} layers
 * @property {Matrix[]} matrices
 * @property {Outputs} outputs
 * @property {boolean} can_draw
 * @property {number} side
 * @property {string} [images]  This and what follows only where samples are images of one class each.
 * @property {Shown[]} shown
 * @property {Record<string, number[]>} cells
 * @property {number[]} mistakes
 * @property {number[][]} samples
 * @property {Curve[]} curves
 */

async function main() {
  /** @type {Data} */
  const data = JSON.parse(the("data").textContent ?? "");
  document
    .querySelectorAll(".curve")
    .forEach((figure, i) => readableCurve(/** @type {HTMLElement} */ (figure), data.curves[i]));
  const layers = layersOf(data.layers);
  const paper = data.can_draw ? network(data, layers) : null;
  if (data.side) weights(layers[0].W, data.side);
  if (!data.images) return;
  const images = await imagesOf(data.images, data.side ** 2);
  const load = paper && ((/** @type {number} */ i) => paper.load(images[i], truthOf(data.shown[i])));
  const goTo =
    load &&
    ((/** @type {number} */ i) => {
      load(i);
      the("draw").scrollIntoView();
      the("draw").focus({ preventScroll: true });
    });
  if (load) sampleButtons(data, images, load);
  gallery(the("mistakes"), data.mistakes, data.shown, images, data.side, goTo);
  document.querySelectorAll("#confusion button").forEach((element) => {
    const button = /** @type {HTMLElement} */ (element);
    button.addEventListener("click", () => {
      document.querySelector("#confusion [aria-pressed=true]")?.setAttribute("aria-pressed", "false");
      button.setAttribute("aria-pressed", "true");
      const which = data.cells[button.dataset.cell ?? ""];
      const count = Number(button.textContent);
      the("cell-title").textContent =
        `${button.getAttribute("aria-label")}${which.length < count ? `; here are ${which.length}` : ""}`;
      gallery(the("cell"), which, data.shown, images, data.side, goTo);
      the("cell").scrollIntoView({ block: "nearest" });
    });
  });
}

/** @param {Data} data  @param {Layer[]} layers */
function network(data, layers) {
  const maps = data.matrices.map((matrix, i) => new HeatMap(the("layers"), matrix, i === 0));
  const showBars = bars(the("bars"), data.outputs);
  const seen = /** @type {HTMLCanvasElement} */ (the("seen"));
  const paper = new Drawing(/** @type {HTMLCanvasElement} */ (the("paper")), (image, about, isDone) => {
    const X = image && scale(image);
    const cache = X ? forward(layers, X) : [];
    const A = X ? cache[cache.length - 1].A : null;
    paint(seen, image ?? new Uint8Array(SIDE * SIDE), SIDE, white);
    the("answer").textContent = A ? sentence(data.outputs, A) : "Nothing drawn";
    the("truth").textContent = about;
    if (isDone) the("said").textContent = the("answer").textContent;
    showBars(A);
    const matrices = X ? [X, ...cache.flatMap(({ Z, A }) => [Z, A])] : [];
    maps.forEach((map, i) => map.show(matrices[i] ?? null));
  });
  the("undo").addEventListener("click", () => paper.undo());
  the("clear").addEventListener("click", () => paper.clear());
  return paper;
}

/** @param {Data} data  @param {Uint8Array[]} images  @param {(i: number) => void} load */
function sampleButtons(data, images, load) {
  let page = 0;
  function show() {
    the("samples").replaceChildren(
      ...data.samples[page].map((i) => {
        const canvas = picture(`load a ${data.shown[i].label}, image ${data.shown[i].number}`, "digit dark");
        paint(canvas, images[i], SIDE, white);
        const button = made("button", { type: "button" }, canvas);
        button.addEventListener("click", () => load(i));
        return button;
      }),
    );
  }
  the("others").addEventListener("click", () => {
    page = (page + 1) % data.samples.length;
    show();
  });
  show();
}

/** @param {Float32Array} W  @param {number} side */
function weights(W, side) {
  the("weights")
    .querySelectorAll("canvas")
    .forEach((canvas, i) => {
      const row = W.subarray(i * side ** 2, (i + 1) * side ** 2);
      paint(canvas, row, side, signed(largestOf(row)));
    });
}

main();
