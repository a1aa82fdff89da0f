/** Ingress paths of every kind that Go's syntax has or refuses, and the bytes of requests' paths for them. */
import * as fc from "fast-check";

/** An expression, and the bytes of paths to match it against. */
export interface ExpressionCase {
  readonly expression: string;
  readonly paths: readonly Uint8Array[];
}

const words = (text: string) => text.split(" ");

const LITERALS = [...words("/ a b A k s 0 - _ é ß K ſ σ ς 中 😀 \uFFFD"), "\n", " "];
const ESCAPES = words(
  String.raw`\. \/ \- \_ \n \t \a \x41 \x{4e2d} \x{10FFFF} \101 \0 \Qa.b\E \Qa+ \E \é \x{110000} \x \08 \e \cA \u0041 \ `.trim(),
);
const CLASSES = words(
  String.raw`. \d \D \w \W \s \S \pL \PL \p{L} \p{^Lu} \p{Greek} \P{Han} \p{Any} \p{ASCII} \p{Letter} \p{Nope} \pX \p{lu} \p{Script=Greek} \h \R \X \N \C`,
);
const SETS = words(
  String.raw`[a-z] [^/] [[:alpha:]] [[:^word:]] []a] [^]a] [a-] [-a] [\d/] [^\pL] [\x{3b1}-\x{3c9}] [K-ſ] [^\n] [a&&b] [[a]] [\Q]\E] [[:nope:]] [z-a] [ [a [] [\b] [\w--a]`,
);
const ANCHORS = words(String.raw`^ $ \A \z \b \B \Z \G \K \<`);
const REFERENCES = words(String.raw`\1 \9 \k<a> \g1 (?P=a) (?P>a) (?1) (?R) (?#c) (?(1)a|b) (*ACCEPT)`);
const GOOD_OPENINGS = words("( (?: (?i: (?s: (?m: (?U: (?i-s: (?-i:");
const OPENINGS = words(
  "(?P<a> (?P<b> (?<a> (?<b> (?P<é> (?P<1> (?P<> (?x: (?u: (?'a' (?= (?! (?<= (?<! (?> (?| (? (?i",
);
const FLAGS = words("(?i) (?s) (?m) (?U) (?is) (?-s) (?i-) (?ii) (?) (?-) (?x)");
const GOOD_REPEATS = words("* + ? *? +? ?? {2} {0} {1,} {1,3} {1,3}? {,3} {-1} {");
const REPEATS = words("*+ ++ ?+ ** {3,1} {1000} {1001} {0,1000} {2}{3} {2}* {999999999999}");

const of = (kinds: readonly string[]) => fc.constantFrom(...kinds);
const weighted = (...kinds: (readonly [weight: number, kinds: readonly string[]])[]) =>
  fc.oneof(...kinds.map(([weight, texts]) => ({ arbitrary: of(texts), weight })));

/** Kinds that Go accepts are the most frequent, or it would refuse nearly every expression. */
const atom = weighted(
  [60, LITERALS],
  [6, ANCHORS.slice(0, 6)],
  [9, CLASSES.slice(0, 15)],
  [9, SETS.slice(0, 15)],
  [6, ESCAPES.slice(0, 13)],
  [2, FLAGS.slice(0, 6)],
  [1, [...ESCAPES, ...CLASSES, ...SETS, ...ANCHORS, ...REFERENCES, ...FLAGS]],
);
const opening = weighted([30, GOOD_OPENINGS], [2, ["(?P<a>", "(?<b>"]], [1, OPENINGS]);
const repeat = weighted([60, [""]], [25, GOOD_REPEATS], [1, REPEATS]);

const { expression } = fc.letrec<{ expression: string; term: string; group: string }>((tie) => ({
  group: fc.tuple(opening, tie("expression")).map(([begun, inside]) => `${begun}${inside})`),
  term: fc
    .tuple(fc.oneof({ maxDepth: 4 }, { arbitrary: atom, weight: 6 }, { arbitrary: tie("group"), weight: 2 }), repeat)
    .map((parts) => parts.join("")),
  expression: fc
    .array(fc.array(tie("term"), { maxLength: 4 }), { minLength: 1, maxLength: 3 })
    .map((alternatives) => alternatives.map((terms) => terms.join("")).join("|")),
}));

/** Any text of the characters that have a meaning in an expression. */
const soup = fc.string({ unit: of([..."\\()[]{}|*+?.^$-,:<>=!#&/aPQEpLz019é"]), maxLength: 14 });

/** Bytes that are not UTF-8: cut characters, a surrogate, an overlong form, one beyond Unicode. */
const BROKEN = [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0xaf], [0xf4, 0x90, 0x80, 0x80], [0xe4, 0xb8], [0x80]];

const bytes = (text: string) => new TextEncoder().encode(text);

const whole = of([...LITERALS, ...words("c B S Σ α aa ab /voice ] . \0")]).map((text) => [...bytes(text)]);
const path = fc
  .array(fc.oneof({ arbitrary: whole, weight: 12 }, fc.constantFrom(...BROKEN)), { maxLength: 8 })
  .map((parts) => Uint8Array.from([0x2f, ...parts.flat()]));

/** A random expression, with paths. */
export const arbitraryCase: fc.Arbitrary<ExpressionCase> = fc.record({
  expression: fc.oneof({ arbitrary: expression, weight: 9 }, soup),
  paths: fc.array(path, { minLength: 4, maxLength: 4 }),
});

/** Expressions over which a backtracking matcher would not end. */
const CATASTROPHES = words("^/(a+)+$ ^/(a|a)*b$ ^/(a*)*c ^/((a?){30}){30}a{30}$ ^/(.*a){20}$ (a|aa)+$").map(
  (text): ExpressionCase => ({ expression: text, paths: [bytes(`/${"a".repeat(5_000)}!`)] }),
);

const nested = (depth: number) => "(".repeat(depth) + ")".repeat(depth);

/** Each limit, at both of its sides. */
const LIMITS = [
  ...words("a{1000} a{1001} (a{500}){2} (a{500}){3} ((a{10}){10}){10} ((a{10}){10}){11} (?:a{0,31}){31}"),
  ...words("((((a{10}){10}){10}){0}) (\\pL{500}){2} (\\pL{1000}|\\pN{1000}|\\pS{1000})"),
  ...[nested(999), nested(1000), nested(1001)],
].map((text): ExpressionCase => ({ expression: text, paths: [bytes(`/${"a".repeat(1_000)}`)] }));

const PATHS = [...words("/ /a /K\n /中é /aaaσ /a.b /A0-_").map(bytes), Uint8Array.of(0x2f, 0xff)];

/** The cases of every run: each kind alone, so that none is left to chance; the limits; the catastrophes. */
export const FIXED_CASES: readonly ExpressionCase[] = [
  ...[LITERALS, ESCAPES, CLASSES, SETS, ANCHORS, REFERENCES, FLAGS].flat(),
  ...[...GOOD_OPENINGS, ...OPENINGS].map((begun) => `${begun}a)`),
  ...[...GOOD_REPEATS, ...REPEATS].map((repeated) => `/a${repeated}`),
  ...words("| a| |a (|a) a||b (?i)K (?i)ſ (?i)ß (?i)σ (?i)[k-s] (?s). (?m)^a$ (?P<a>a)(?P<a>b) (?P<a>a)(?<b>b)"),
]
  .map((text): ExpressionCase => ({ expression: text, paths: PATHS }))
  .concat(LIMITS, CATASTROPHES);
