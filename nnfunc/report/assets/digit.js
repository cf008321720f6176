// A drawing as MNIST's digits are: fit_to_mnist of nnfunc/data/digits.py, step by step. All sums are of whole numbers.

const SIDE = 28;
const BOX = 20;
const MIDDLE = 14;

/**
 * Ink 0..255, row after row, fitted to 20×20 and put into 28×28 by its centre of mass; null where there is none.
 * @param {Uint8Array} ink  @param {number} width  @returns {Uint8Array | null}
 */
function fitToMnist(ink, width) {
  const [top, bottom, left, right] = inkedBox(ink, width);
  if (bottom < top) return null;
  const height = bottom - top + 1;
  const across = right - left + 1;
  const [rows, columns] = fittedSizes(height, across);
  const down = sumsDown(ink, width, top, left, height, across, rows);
  const fitted = new Uint8Array(rows * columns);
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i < rows; i++) {
      let sum = 0;
      for (const [k, share] of shares(across, columns, j)) sum += down[i * across + k] * share;
      fitted[i * columns + j] = Math.floor((2 * sum + height * across) / (2 * height * across));
    }
  }
  return fitted.some((grey) => grey) ? centred(fitted, rows, columns) : null;
}

/** First and last row, first and last column with ink.  @param {Uint8Array} ink  @param {number} width */
function inkedBox(ink, width) {
  let [top, bottom, left, right] = [Infinity, -1, Infinity, -1];
  for (let at = 0; at < ink.length; at++) {
    if (!ink[at]) continue;
    const [row, column] = [Math.floor(at / width), at % width];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
    [left, right] = [Math.min(left, column), Math.max(right, column)];
  }
  return [top, bottom, left, right];
}

/** @param {number[]} sizes  The longer one becomes 20, the other keeps its proportion. */
function fittedSizes(...sizes) {
  const longer = Math.max(...sizes);
  return sizes.map((size) => Math.max(1, Math.floor((2 * BOX * size + longer) / (2 * longer))));
}

/**
 * Which of `size` pixels the i-th of `fitted` pixels covers, and how much of each, if the whole is size·fitted long.
 * @param {number} size  @param {number} fitted  @param {number} i  @returns {[number, number][]}
 */
function shares(size, fitted, i) {
  /** @type {[number, number][]} */
  const found = [];
  for (let k = Math.floor((i * size) / fitted); k * fitted < (i + 1) * size; k++) {
    found.push([k, Math.min((i + 1) * size, (k + 1) * fitted) - Math.max(i * size, k * fitted)]);
  }
  return found;
}

/**
 * The sums of what each row of the fitted digit covers, column by column.
 * @param {Uint8Array} ink  @param {number} width  @param {number} top  @param {number} left
 * @param {number} height  @param {number} across  @param {number} rows
 */
function sumsDown(ink, width, top, left, height, across, rows) {
  const sums = new Float64Array(rows * across);
  for (let i = 0; i < rows; i++) {
    for (const [k, share] of shares(height, rows, i)) {
      const from = (top + k) * width + left;
      for (let x = 0; x < across; x++) sums[i * across + x] += share * ink[from + x];
    }
  }
  return sums;
}

/** @param {Uint8Array} fitted  @param {number} rows  @param {number} columns */
function centred(fitted, rows, columns) {
  const byRow = new Float64Array(rows);
  const byColumn = new Float64Array(columns);
  fitted.forEach((grey, at) => {
    byRow[Math.floor(at / columns)] += grey;
    byColumn[at % columns] += grey;
  });
  const [top, left] = [start(byRow), start(byColumn)];
  const image = new Uint8Array(SIDE * SIDE);
  for (let i = 0; i < rows; i++) {
    image.set(fitted.subarray(i * columns, (i + 1) * columns), (top + i) * SIDE + left);
  }
  return image;
}

/** Where these masses begin, so that their centre is in the middle and none is outside.  @param {Float64Array} masses */
function start(masses) {
  let [mass, moment] = [0, 0];
  masses.forEach((x, i) => {
    mass += x;
    moment += (2 * i + 1) * x;
  });
  const best = -Math.floor((moment - 2 * MIDDLE * mass) / (2 * mass));
  return Math.min(Math.max(best, 0), SIDE - masses.length);
}
