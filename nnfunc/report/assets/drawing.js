// The paper: strokes by mouse, finger or pen, or a digit of the test set; each step can be undone.

/**
 * @typedef {{ strokes: Point[][], loaded: Uint8Array | null }} Picture
 * @param {HTMLCanvasElement} paper
 * @param {(image: Uint8Array | null, isDone: boolean) => void} use  Gets 28×28 grey levels, or null of an empty paper.
 */
function drawing(paper, use) {
  /** @type {Picture} */
  let now = { strokes: [], loaded: null };
  /** @type {Picture[]} */
  const before = [];
  let ink = inkOf([]);
  /** @type {Point[] | null} */
  let stroke = null;
  let isWaiting = false;

  function show(isDone = true) {
    if (now.loaded) paint(paper, now.loaded, SIDE, white);
    else paint(paper, ink, PAPER, white);
    use(now.loaded ?? fitToMnist(ink, PAPER), isDone);
  }

  /** @param {Picture} next */
  function turnTo(next) {
    now = next;
    ink = inkOf(now.strokes);
    show();
  }

  /** @param {Picture} next */
  function change(next) {
    before.push({ strokes: [...now.strokes], loaded: now.loaded });
    turnTo(next);
  }

  /** @param {PointerEvent} event  @returns {Point} */
  function pointOf(event) {
    const box = paper.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * PAPER, ((event.clientY - box.top) / box.height) * PAPER];
  }

  /** @param {PointerEvent} event */
  function goOn(event) {
    if (!stroke) return;
    for (const each of event.getCoalescedEvents?.() ?? []) addPoint(pointOf(each));
    addPoint(pointOf(event));
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => {
      isWaiting = false;
      show(false);
    });
  }

  /** @param {Point} point */
  function addPoint(point) {
    if (!stroke) return;
    addLine(ink, stroke[stroke.length - 1], point);
    stroke.push(point);
  }

  paper.addEventListener("pointerdown", (event) => {
    if (stroke || event.button !== 0) return;
    event.preventDefault();
    paper.setPointerCapture(event.pointerId);
    stroke = [pointOf(event)];
    change({ strokes: now.loaded ? [stroke] : [...now.strokes, stroke], loaded: null });
  });
  paper.addEventListener("pointermove", goOn);
  for (const end of ["pointerup", "pointercancel"]) {
    paper.addEventListener(end, () => {
      if (stroke) {
        stroke = null;
        show();
      }
    });
  }
  // Or else a quick stroke becomes a fling, and the next tap, on a button perhaps, would only stop it.
  paper.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  show();
  return {
    undo: () => turnTo(before.pop() ?? now),
    clear: () => (now.strokes.length || now.loaded ? change({ strokes: [], loaded: null }) : undefined),
    /** @param {Uint8Array} image */
    load: (image) => change({ strokes: [], loaded: image }),
  };
}
