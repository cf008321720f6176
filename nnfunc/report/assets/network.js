// The forward pass of one sample, as nnfunc/network.py has it: Z[l] = W[l] A[l−1] + b[l], A[l] = g(Z[l]), A[0] = X.

const LEAK = 0.01;

/** @type {Record<string, (z: number) => number>} */
const ACTIVATIONS = {
  relu: (z) => Math.max(z, 0),
  leaky_relu: (z) => Math.max(z, LEAK * z),
  elu: (z) => (z > 0 ? z : Math.expm1(z)),
  tanh: Math.tanh,
  sigmoid: (z) => (z < 0 ? Math.exp(z) : 1) / (1 + Math.exp(-Math.abs(z))),
  identity: (z) => z,
};

/**
 * @typedef {{ W: Float32Array, b: Float32Array, activation: string }} Layer
 * @typedef {{ Z: Float64Array, A: Float64Array }} LayerCache
 */

/** @param {Layer[]} layers  @param {Float64Array} X  @returns {LayerCache[]} */
function forward(layers, X) {
  let A_prev = X;
  return layers.map(({ W, b, activation }) => {
    const Z = plus(times(W, A_prev), b);
    const A = activation === "softmax" ? softmax(Z) : Z.map(ACTIVATIONS[activation]);
    A_prev = A;
    return { Z, A };
  });
}

/** W x, rows of W after each other.  @param {Float32Array} W  @param {Float64Array} x */
function times(W, x) {
  const n_in = x.length;
  return Float64Array.from({ length: W.length / n_in }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < n_in; k++) sum += W[i * n_in + k] * x[k];
    return sum;
  });
}

/** @param {Float64Array} x  @param {Float32Array} b */
function plus(x, b) {
  return x.map((value, i) => value + b[i]);
}

/** e^z / Σ e^z; the largest z is subtracted first, which cancels and prevents overflow.  @param {Float64Array} Z */
function softmax(Z) {
  const largest = Z.reduce((most, z) => Math.max(most, z));
  const E = Z.map((z) => Math.exp(z - largest));
  const sum = E.reduce((total, e) => total + e, 0);
  return E.map((e) => e / sum);
}

/** Pixels 0..255 to 0..1.  @param {Uint8Array} pixels */
function scale(pixels) {
  return Float64Array.from(pixels, (pixel) => pixel / 255);
}
