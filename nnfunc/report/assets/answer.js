// What the network says: a sentence, and a bar for each output.

/** @param {number} share  0..1 */
function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}

/**
 * @typedef {{ names: string[], kind: "classes" | "labels" | "values", digit: number | null, are_probabilities: boolean }} Outputs
 * @param {Outputs} outputs  @param {ArrayLike<number>} A  A[L] of one sample.
 */
function sentence({ names, kind, digit, are_probabilities }, A) {
  const says = are_probabilities ? percent : short;
  if (kind === "values") return Array.from(A, short).join(", ");
  if (kind === "labels") return names.filter((_, i) => A[i] > 0.5).join(", ") || "none of them";
  if (A.length > 1) {
    const most = mostOf(A);
    return `${names[Array.from(A).indexOf(most)]} (${says(most)})`;
  }
  const [yes, no] = digit === null ? ["1", "0"] : [`A ${digit}`, `Not a ${digit}`];
  return A[0] > 0.5 ? `${yes} (${says(A[0])})` : `${no} (${says(1 - A[0])})`;
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
    const most = A ? mostOf(A) : NaN;
    rows.forEach(({ row, bar, value }, i) => {
      bar.style.width = `${A ? Math.max(0, (100 * A[i]) / largest) : 0}%`;
      value.textContent = A ? (are_probabilities ? percent(A[i]) : short(A[i])) : "–";
      row.classList.toggle("best", A !== null && A.length > 1 && A[i] === most);
    });
  };
}
