// What the network says: a sentence, and a bar for each output.

/** @param {number} share  0..1 */
function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}

/**
 * @typedef {{ names: string[], digit: number | null, are_probabilities: boolean }} Outputs
 * @param {Outputs} outputs  @param {ArrayLike<number>} A  A[L] of one sample.
 */
function sentence({ names, digit, are_probabilities }, A) {
  const says = (/** @type {number} */ value) => (are_probabilities ? percent(value) : short(value));
  if (A.length === 1 && digit !== null)
    return A[0] > 0.5 ? `A ${digit} (${says(A[0])})` : `Not a ${digit} (${says(1 - A[0])})`;
  if (A.length === 1) return says(A[0]);
  const best = Array.from(A).reduce((most, value, i) => (value > A[most] ? i : most), 0);
  return `${names[best]} (${says(A[best])})`;
}

/**
 * A row for each output, and a function that shows values in them; null for none.
 * @param {HTMLElement} place  @param {Outputs} outputs
 * @returns {(A: ArrayLike<number> | null) => void}
 */
function bars(place, { names, digit, are_probabilities }) {
  const rows = (digit === null ? names : [`a ${digit}?`]).map((name) => {
    const bar = made("span", { class: "bar" });
    const value = made("span", { class: "value" });
    const row = made("li", {}, made("span", { class: "name" }, name), made("span", { class: "track" }, bar), value);
    place.append(row);
    return { row, bar, value };
  });
  return (A) => {
    const largest = are_probabilities || !A ? 1 : largestOf(A);
    const most = A ? Math.max(...Array.from(A)) : NaN;
    rows.forEach(({ row, bar, value }, i) => {
      bar.style.width = `${A ? Math.max(0, (100 * A[i]) / largest) : 0}%`;
      value.textContent = A ? (are_probabilities ? percent(A[i]) : short(A[i])) : "–";
      row.classList.toggle("best", A !== null && A.length > 1 && A[i] === most);
    });
  };
}
