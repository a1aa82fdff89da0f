/** What the domain document puts off, and what it is called. */

interface Deferred {
  readonly what: string;
  readonly pattern: RegExp;
  /** What the domain document waits for. */
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

/** Why a text may not stand in the stack: it is about something that is deferred. Undefined where it is not. See `docs/deferred.md`. */
export function deferredProblem(text: string): string | undefined {
  const deferred = DEFERRED.find(({ pattern }) => pattern.test(text));
  return deferred && `is ${deferred.what}'s, which is not built against until ${deferred.until}`;
}
