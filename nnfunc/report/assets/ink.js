// Strokes as ink: a round pen along straight lines between the points of each stroke, its edge one pixel soft.

const PAPER = 280;
const PEN = 22;

/** @typedef {[number, number]} Point  x to the right, y down, in pixels of the paper. */

/** @param {Point[][]} strokes */
function inkOf(strokes) {
  const ink = new Uint8Array(PAPER * PAPER);
  for (const stroke of strokes) {
    stroke.forEach((point, i) => addLine(ink, stroke[Math.max(i - 1, 0)], point));
  }
  return ink;
}

/** @param {Uint8Array} ink  @param {Point} from  @param {Point} to */
function addLine(ink, from, to) {
  const reach = PEN / 2 + 1;
  const [left, right] = within(Math.min(from[0], to[0]) - reach, Math.max(from[0], to[0]) + reach);
  const [top, bottom] = within(Math.min(from[1], to[1]) - reach, Math.max(from[1], to[1]) + reach);
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const cover = PEN / 2 + 0.5 - distance([x + 0.5, y + 0.5], from, to);
      const grey = Math.round(255 * Math.min(Math.max(cover, 0), 1));
      if (grey > ink[y * PAPER + x]) ink[y * PAPER + x] = grey;
    }
  }
}

/** @param {number} low  @param {number} high  @returns {[number, number]}  The pixels between, on the paper. */
function within(low, high) {
  return [Math.max(0, Math.floor(low)), Math.min(PAPER - 1, Math.ceil(high))];
}

/** From a point to a line that ends at both ends.  @param {Point} point  @param {Point} from  @param {Point} to */
function distance([x, y], [x0, y0], [x1, y1]) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = dx * dx + dy * dy;
  const along = length ? Math.min(Math.max(((x - x0) * dx + (y - y0) * dy) / length, 0), 1) : 0;
  return Math.hypot(x - x0 - along * dx, y - y0 - along * dy);
}
