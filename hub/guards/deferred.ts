/** Systems that the domain document defers, and the words by which a text mentions them. */

interface Deferred {
  readonly what: string;
  readonly pattern: RegExp;
  /** The event that the domain document waits for. */
  readonly until: string;
}

const DEFERRED: readonly Deferred[] = [
  {
    what: "LiveKit",
    pattern: /live[-_ ]?kit/i,
    until: "nemoclaw-audit-2026-05-03 B10 ships in Wave 2 or 3 (docs/domain.md#livekit-deferred)",
  },
  {
    what: "NemoClaw",
    pattern: /nemo[-_ ]?claw/i,
    until: "its plan ships something to build against (docs/domain.md#nemoclaw-audit)",
  },
];

/** The reason why a text may not be in the stack, if it mentions a deferred system; otherwise undefined. See `docs/deferred.md`. */
export function deferredProblem(text: string): string | undefined {
  const deferred = DEFERRED.find(({ pattern }) => pattern.test(text));
  return deferred && `is ${deferred.what}'s, which is not built against until ${deferred.until}`;
}
