// Digits of the test set: what they are, what the network said, and with which probability.

/** @param {Shown} shown */
function truthOf({ number, label }) {
  return `test image ${number}, which is ${label}`;
}

/**
 * @typedef {{ number: number, label: string, predicted: string, p: number | null }} Shown
 * @param {HTMLElement} place  @param {number[]} which  @param {Shown[]} shown  @param {Uint8Array[]} images
 * @param {number} side  @param {((i: number) => void) | null} load
 */
function gallery(place, which, shown, images, side, load) {
  place.replaceChildren(
    ...which.map((i) => {
      const { number, label, predicted, p } = shown[i];
      const words = label === predicted ? `${label}, recognised` : `${label}, taken for ${predicted}`;
      const likely = p === null ? "" : ` (${percent(p)})`;
      const canvas = picture(`image ${number}: ${words}${likely}`, "digit dark");
      paint(canvas, images[i], side, white);
      const caption = made(
        "span",
        { class: "caption" },
        `${label} → ${predicted}`,
        made("small", {}, p === null ? "" : percent(p)),
      );
      if (!load) return made("li", {}, canvas, caption);
      const button = made("button", { type: "button", title: "Load it above" }, canvas);
      button.addEventListener("click", () => load(i));
      return made("li", {}, button, caption);
    }),
  );
}
