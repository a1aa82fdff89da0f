/** How a text is laid out. */
export interface Layout {
  /** The start of the first line. The others are indented as far. */
  readonly start: string;
  /** The widest line. */
  readonly width: number;
}

/** A text in lines that fit a width, broken between words where that is possible. */
export function wrapText(text: string, { start, width }: Layout): string {
  const room = width - start.length;
  const chunk = new RegExp(`(?:.{1,${room}}(?=\\s|$)|.{1,${room}})`, "g");
  const lines = text.split("\n").flatMap((line) => (line.match(chunk) ?? [""]).map((part) => part.trim()));
  return lines.map((line, index) => `${index === 0 ? start : "".padEnd(start.length)}${line}`.trimEnd()).join("\n");
}
