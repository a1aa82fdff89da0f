import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { connectDatabase } from "./database.ts";
import { inTransaction } from "./transaction.ts";

/** A message of Postgres's protocol (https://www.postgresql.org/docs/current/protocol-message-formats.html). */
function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

const AUTHENTICATED = message("R", Buffer.alloc(4));
const READY = message("Z", Buffer.from("I"));
const CUT = message("E", Buffer.from("SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0"));

let server: Server;
let url: string;
beforeEach(async () => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  // A server that cuts the connection with the very packet that says that it is ready, as a restart under load does.
  server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.end(Buffer.concat([AUTHENTICATED, READY, CUT])));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  url = `postgresql://hub@127.0.0.1:${address.port}/hub`;
});
afterEach(() => {
  server.close();
  vi.restoreAllMocks();
});

it.each([
  ["a transaction", (pool: ReturnType<typeof connectDatabase>) => inTransaction(pool, async () => undefined)],
  ["a statement", (pool: ReturnType<typeof connectDatabase>) => pool.query("select 1")],
  [
    "a connection that nobody uses yet",
    async (pool: ReturnType<typeof connectDatabase>) => {
      const client = await pool.connect();
      await new Promise((resolve) => client.once("end", resolve));
      client.release(true);
      throw new Error("cut");
    },
  ],
])(
  "%s on a connection that is cut as it begins fails, and the process goes on",
  { timeout: 10_000 },
  async (_what, use) => {
    const pool = connectDatabase(url, 1);
    try {
      await expect(use(pool)).rejects.toThrow();
    } finally {
      await pool.end();
    }
  },
);
