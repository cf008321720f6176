// What the page carries: numbers in base64, digits of the test set deflated.

/** @param {string} text */
function bytesOf(text) {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = letters.charCodeAt(i);
  return bytes;
}

/** float32, little-endian, as all that run browsers are.  @param {string} text */
function floatsOf(text) {
  return new Float32Array(bytesOf(text).buffer);
}

/** @param {{ W: string, b: string, activation: string }[]} packed */
function layersOf(packed) {
  return packed.map(({ W, b, activation }) => ({ W: floatsOf(W), b: floatsOf(b), activation }));
}

/** The images, each of `pixels` grey levels.  @param {string} text  @param {number} pixels */
async function imagesOf(text, pixels) {
  const stream = new Blob([bytesOf(text)]).stream().pipeThrough(new DecompressionStream("deflate"));
  const greys = new Uint8Array(await new Response(stream).arrayBuffer());
  return Array.from({ length: greys.length / pixels }, (_, i) => greys.subarray(i * pixels, (i + 1) * pixels));
}
