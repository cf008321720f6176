// Pictures that tell their values: where the pointer is, and by the arrow keys, as a slider does.

/** @typedef {"ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown" | "Home" | "End"} Key */

/**
 * @param {HTMLElement | SVGSVGElement} element
 * @param {number} count  Of values, row after row.  @param {number} columns  Of a row.
 * @param {(x: number, y: number) => number} at  Which value is there: 0..1 from the left and from the top.
 * @param {(i: number) => string} tell  Shows the value, and says what it is.
 */
function readable(element, count, columns, at, tell) {
  let i = count - 1;
  const attributes = { tabindex: "0", role: "slider", "aria-valuemin": "1", "aria-valuemax": String(count) };
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);

  /** @param {number} next */
  function show(next) {
    i = Math.min(Math.max(next, 0), count - 1);
    element.setAttribute("aria-valuenow", String(i + 1));
    element.setAttribute("aria-valuetext", tell(i));
  }

  element.addEventListener("pointermove", (event) => {
    const box = element.getBoundingClientRect();
    const { clientX, clientY } = /** @type {PointerEvent} */ (event);
    show(at((clientX - box.left) / box.width, (clientY - box.top) / box.height));
  });
  element.addEventListener("keydown", (event) => {
    const { key, altKey, ctrlKey, metaKey } = /** @type {KeyboardEvent} */ (event);
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -count, End: count };
    const step = steps[/** @type {Key} */ (key)];
    if (step === undefined || altKey || ctrlKey || metaKey) return;
    event.preventDefault();
    show(i + step);
  });
  element.setAttribute("aria-valuenow", String(count));
}
