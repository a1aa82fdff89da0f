/** The layout of a text. */
export interface Layout {
  /** The start of the first line. The other lines are indented by its length. */
  readonly start: string;
  /** The maximum length of a line, in characters. */
  readonly width: number;
}

/** Breaks a text into lines that fit the width, between words if possible. */
export function wrapText(text: string, { start, width }: Layout): string {
  const room = width - start.length;
  const chunk = new RegExp(`(?:.{1,${room}}(?=\\s|$)|.{1,${room}})`, "g");
  const lines = text.split("\n").flatMap((line) => (line.match(chunk) ?? [""]).map((part) => part.trim()));
  return lines.map((line, index) => `${index === 0 ? start : "".padEnd(start.length)}${line}`.trimEnd()).join("\n");
}
