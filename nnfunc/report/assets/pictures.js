// Arrays as pictures: a pixel for each number, whose opacity is its size. What is behind shows where it is 0.

/** @typedef {(value: number) => number} Colour  Opacity, blue, green, red: a byte each, from the highest. */

const [WHITE, BLUE, ORANGE] = [0xffffff, 0xb27200, 0x005ed5];

/** @type {Colour} */
const white = (grey) => (grey << 24) | WHITE;

/** Orange below 0, blue above it, full at `largest`.  @param {number} largest  @returns {Colour} */
const signed = (largest) => (value) => ((255 * Math.abs(value / largest)) << 24) | (value < 0 ? ORANGE : BLUE);

/** @param {ArrayLike<number>} values */
function mostOf(values) {
  return Array.from(values).reduce((most, value) => Math.max(most, value));
}

/** @param {ArrayLike<number>} values */
function leastOf(values) {
  return Array.from(values).reduce((least, value) => Math.min(least, value));
}

/** The largest size, or 1 where all are 0.  @param {ArrayLike<number>} values */
function largestOf(values) {
  return Math.max(mostOf(values), -leastOf(values)) || 1;
}

/**
 * @param {HTMLCanvasElement} canvas  @param {ArrayLike<number>} values  Row after row.
 * @param {number} width  Pixels of a row.  @param {Colour} colour
 */
function paint(canvas, values, width, colour) {
  canvas.width = width;
  canvas.height = Math.ceil(values.length / width);
  const image = new ImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < values.length; i++) pixels[i] = colour(values[i]);
  context(canvas).putImageData(image, 0, 0);
}

/** @param {HTMLCanvasElement} canvas */
function context(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
}

/**
 * A new element with text, attributes and what is in it.
 * @param {string} tag  @param {Record<string, string>} attributes  @param {(Node | string)[]} children
 */
function made(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A canvas with a picture, and what it shows in words.  @param {string} words */
function picture(words, className = "") {
  return /** @type {HTMLCanvasElement} */ (made("canvas", { role: "img", "aria-label": words, class: className }));
}

/** An element of the page.  @param {string} id */
function the(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}
