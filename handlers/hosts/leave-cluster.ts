import cluster from "node:cluster";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";

/** How long the primary process may take to confirm, in milliseconds. PM2 kills a process that has not ended long after that. */
const CONFIRMATION_MS = 5_000;

/**
 * Leaves the cluster of PM2's primary process, once the server is closed: waits for the primary to confirm that it knows.
 *
 * The primary hands over connections until it learns that this process closed its server. The channel keeps the order, so whatever the primary
 * handed over before it confirms is here by then, and Node.js has sent it back for another process. An exit before that loses those connections.
 * The channel is closed afterwards, so nothing can be sent to PM2 any more. Outside a cluster there is nothing to leave.
 *
 * Source: https://nodejs.org/api/cluster.html#workerdisconnect
 */
export async function leaveCluster(): Promise<void> {
  const { worker } = cluster;
  if (worker === undefined || !worker.isConnected()) return;
  const left = once(worker, "disconnect");
  worker.disconnect();
  await Promise.race([left, delay(CONFIRMATION_MS)]);
}
