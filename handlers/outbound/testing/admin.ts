/** The outbound endpoint on a real admin server, with an outbox in memory. */
import { Registry } from "prom-client";
import { startAdminServer } from "../../hosts/admin-server.ts";
import { testManifest } from "../../testing/manifest.ts";
import { createOutboundEndpoint } from "../endpoint/endpoint.ts";
import { createTestOutbox, type TestOutbox } from "./outbox.ts";

/** The endpoint's token. */
export const OUTBOUND_TOKEN = "token-of-the-outbound-tests-0123456789";

/** Valid requests. */
export const CALL = { to: "+12135550100", from: "+19497798471", route: "/voice/webhook" };
export const MESSAGE = { to: "+12135550100", from: "+18446883807", body: "¿Qué? 👋" };

/** A running endpoint. */
export interface TestAdmin {
  readonly port: number;
  readonly url: string;
  readonly outbox: TestOutbox;
  close(): Promise<void>;
}

/** Starts the endpoint on a free port. */
export async function startTestAdmin(): Promise<TestAdmin> {
  const outbox = createTestOutbox();
  const { port, close } = await startAdminServer({
    port: 0,
    readiness: async () => ({ ready: true, database: "up", spool: "empty", spooled: 0, stopping: false }),
    registry: new Registry(),
    outbound: createOutboundEndpoint({ manifest: testManifest(), token: OUTBOUND_TOKEN, outbox }),
  });
  return { port, url: `http://127.0.0.1:${port}`, outbox, close };
}
