// The paper: strokes by mouse, finger or pen, or a digit of the test set; each step can be undone.

/** @typedef {{ strokes: Point[][], loaded: Uint8Array | null, about: string }} Picture */

class Drawing {
  /** @type {Picture} */
  #now = { strokes: [], loaded: null, about: "" };
  /** @type {Picture[]} */
  #before = [];
  #ink = inkOf([]);
  /** @type {Point[]} */
  #stroke = [];
  /** @type {number | null} */
  #pointer = null; // the one that draws
  #isWaiting = false;
  #paper;
  #use;

  /**
   * @param {HTMLCanvasElement} paper
   * @param {(image: Uint8Array | null, about: string, isDone: boolean) => void} use
   *   Gets 28×28 grey levels, or null of an empty paper, and what is known of them.
   */
  constructor(paper, use) {
    this.#paper = paper;
    this.#use = use;
    paper.addEventListener("pointerdown", (event) => this.#begin(event));
    paper.addEventListener("pointermove", (event) => this.#goOn(event));
    paper.addEventListener("pointerup", (event) => this.#end(event));
    paper.addEventListener("pointercancel", (event) => this.#end(event));
    paper.addEventListener("lostpointercapture", (event) => this.#end(event));
    // Or else a quick stroke becomes a fling, and the next tap, on a button perhaps, would only stop it.
    paper.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
    this.#show(true);
  }

  undo() {
    this.#turnTo(this.#before.pop() ?? this.#now);
  }

  clear() {
    if (this.#now.strokes.length || this.#now.loaded) this.#change({ strokes: [], loaded: null, about: "" });
  }

  /** @param {Uint8Array} image  @param {string} about */
  load(image, about) {
    this.#change({ strokes: [], loaded: image, about });
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    if (this.#pointer !== null || event.button !== 0) return;
    event.preventDefault();
    this.#paper.setPointerCapture(event.pointerId);
    this.#stroke = [this.#pointOf(event)];
    const strokes = [...(this.#now.loaded ? [] : this.#now.strokes), this.#stroke];
    this.#change({ strokes, loaded: null, about: "" }, false);
    this.#pointer = event.pointerId;
  }

  /** @param {PointerEvent} event */
  #goOn(event) {
    if (event.pointerId !== this.#pointer) return;
    if (!(event.buttons & 1)) return this.#end(event); // another button is still down
    for (const each of [...(event.getCoalescedEvents?.() ?? []), event]) {
      const point = this.#pointOf(each);
      addLine(this.#ink, this.#stroke[this.#stroke.length - 1], point);
      this.#stroke.push(point);
    }
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    requestAnimationFrame(() => {
      this.#isWaiting = false;
      this.#show(false);
    });
  }

  /** @param {PointerEvent} event */
  #end(event) {
    if (event.pointerId !== this.#pointer) return;
    this.#pointer = null;
    this.#show(true);
  }

  /** @param {PointerEvent} event  @returns {Point} */
  #pointOf(event) {
    const box = this.#paper.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * PAPER, ((event.clientY - box.top) / box.height) * PAPER];
  }

  /** @param {Picture} next */
  #change(next, isDone = true) {
    this.#before.push(this.#now);
    this.#turnTo(next, isDone);
  }

  /** @param {Picture} next */
  #turnTo(next, isDone = true) {
    this.#pointer = null;
    this.#now = next;
    this.#ink = inkOf(next.strokes);
    this.#show(isDone);
  }

  /** @param {boolean} isDone */
  #show(isDone) {
    const { loaded, about } = this.#now;
    if (loaded) paint(this.#paper, loaded, SIDE, white);
    else paint(this.#paper, this.#ink, PAPER, white);
    this.#use(loaded ?? fitToMnist(this.#ink, PAPER), about, isDone);
  }
}
