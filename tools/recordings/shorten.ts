/** How long texts and ports look in a fixture. */

const LONGEST = 200;
const KEPT = 120;

/** A text as a fixture has it: what is long is cut, with its length; ports of 127.0.0.1 are replaced, since each run has others. */
export function shorten(text: string): string {
  const portless = withoutPorts(text);
  return portless.length <= LONGEST ? portless : `${portless.slice(0, KEPT)}…(${portless.length} characters)`;
}

/** Whether this is the beginning of a longer text, and not the whole. */
export function isShortened(text: string): boolean {
  return /…\(\d+ characters\)$/.test(text);
}

function withoutPorts(text: string): string {
  return text.replace(/(127\.0\.0\.1:)\d+/g, "$1PORT");
}
