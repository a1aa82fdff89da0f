/** Mermaid flowcharts as text. Source: https://mermaid.js.org/syntax/flowchart.html */

const BRACKETS = { box: ["[", "]"], end: ["([", "])"], question: ["{", "}"] } as const;

/** A flowchart: nodes by ID, then the edges, in the order in which they are given. */
export interface Flowchart {
  readonly direction: "LR" | "TD";
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
}

/** The outline of a node: a box, a rounded end or a diamond. */
export type Shape = keyof typeof BRACKETS;

/** A labelled node. */
export interface Node {
  /** Letters and digits. */
  readonly id: string;
  /** The label, line by line. */
  readonly lines: readonly string[];
  readonly shape?: Shape;
}

/** An arrow. `isDashed`: it happens later, or is not registered at Twilio. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly label?: string;
  readonly isDashed?: boolean;
}

/** The text of a flowchart, with a line feed at the end. Equal flowcharts give equal text. */
export function mermaid({ direction, nodes, edges }: Flowchart): string {
  return `${[`flowchart ${direction}`, ...nodes.map(nodeText), ...edges.map(edgeText)].join("\n  ")}\n`;
}

function nodeText({ id, lines, shape = "box" }: Node): string {
  const [open, close] = BRACKETS[shape];
  return `${id}${open}${quoted(lines.join("\n"))}${close}`;
}

function edgeText({ from, to, label, isDashed = false }: Edge): string {
  const arrow = isDashed ? "-.->" : "-->";
  return label === undefined ? `${from} ${arrow} ${to}` : `${from} ${arrow}|${quoted(label)}| ${to}`;
}

/** A label in quotes: a character that Mermaid or HTML would read otherwise is written as its code. */
function quoted(text: string): string {
  const safe = text.replaceAll(/[^\p{L}\p{N}\s.,:;?'_/+=()*$^-]/gu, (character) => `#${character.codePointAt(0)};`);
  return `"${safe.replaceAll("\n", "<br>")}"`;
}
