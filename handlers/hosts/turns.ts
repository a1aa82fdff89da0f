/** Work that is done a little at a time, so that the work of one caller does not delay the others. */

/** A caller that takes turns. */
export interface Turn {
  /** Does a little of the work. Returns whether some is left. */
  takeTurn(): boolean;
}

/** A queue for turns. A caller that has work left afterwards goes to the end. */
export interface Turns {
  /** Queues a caller. If it is already in the queue, it keeps its place. */
  queue(turn: Turn): void;
}

/** The pace of a queue. */
export interface Pace {
  /** The number of turns that are taken together. */
  readonly turns: number;
  /** The time between them and the next ones, in milliseconds. */
  readonly everyMs: number;
}

/** Makes a queue. A caller that comes to an empty one has the first turn at once. */
export function createTurns({ turns, everyMs }: Pace): Turns {
  const waiting = new Set<Turn>();
  let nextAt = 0;

  function takeSome(): void {
    nextAt = performance.now() + everyMs;
    for (const turn of [...waiting].slice(0, turns)) {
      waiting.delete(turn);
      if (turn.takeTurn()) waiting.add(turn);
    }
    if (waiting.size > 0) schedule();
  }

  function schedule(): void {
    setTimeout(takeSome, Math.max(0, nextAt - performance.now()));
  }

  return {
    queue: (turn) => {
      if (waiting.size === 0) schedule();
      waiting.add(turn);
    },
  };
}
