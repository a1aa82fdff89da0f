/** The metrics of the spool. Its file is shared, so they are read when somebody asks. */
import { Gauge, Registry } from "prom-client";
import type { Spool } from "./spool.ts";

/** The gauges of a spool, in a registry of their own. A gauge is `NaN` if the file cannot be read. */
export function spoolMetrics(spool: Pick<Spool, "depth" | "oldestKeptAt" | "refusedCount">): Registry {
  const registry = new Registry();
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(readOr(Number.NaN, read));
      },
    });
  gauge("hub_spool_depth", "Webhooks waiting in the machine's spool", () => spool.depth());
  gauge("hub_spool_oldest_seconds", "Time for which the oldest webhook has waited in the machine's spool", () => {
    const keptAt = spool.oldestKeptAt();
    return keptAt === undefined ? 0 : Math.max(0, (Date.now() - keptAt) / 1_000);
  });
  gauge("hub_spool_refused", "Webhooks that the database refused, set aside in the machine's spool", () =>
    spool.refusedCount(),
  );
  return registry;
}

function readOr(otherwise: number, read: () => number): number {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
