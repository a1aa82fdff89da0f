/** Shortens long texts and replaces ports for a fixture. */

const LONGEST = 200;
const KEPT = 120;

/** Cuts a text of more than 200 characters and adds its length. Replaces ports of 127.0.0.1, which differ in each run, by PORT. */
export function shorten(text: string): string {
  const portless = withoutPorts(text);
  return portless.length <= LONGEST ? portless : `${portless.slice(0, KEPT)}…(${portless.length} characters)`;
}

/** Whether {@link shorten} has cut a text. */
export function isShortened(text: string): boolean {
  return /…\(\d+ characters\)$/.test(text);
}

function withoutPorts(text: string): string {
  return text.replace(/(127\.0\.0\.1:)\d+/g, "$1PORT");
}
