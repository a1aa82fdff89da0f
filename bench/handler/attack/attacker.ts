/** The attacker, a process of its own: `node attacker.ts PORT ATTACK`. It attacks until the benchmark disconnects. */
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { ATTACKS, type Attack } from "./attacks.ts";

/** The time over which the connections begin, in milliseconds. */
const BEGIN_MS = 100;

const [port = "", name = ""] = process.argv.slice(2);
const attack = ATTACKS.find((known) => known.name === name);
if (attack === undefined) throw new Error(`attacker.ts: no attack is named "${name}"`);
const { connections } = attack;

process.once("disconnect", () => process.exit());
for (let index = 0; index < connections; index += 1) void repeat(attack, (index * BEGIN_MS) / connections);
process.send?.({ started: true });

/** Sends the request over one connection after the other, for ever. */
async function repeat(given: Attack, delayMs: number): Promise<never> {
  await sleep(delayMs);
  for (;;) await sendOver(given);
}

/** Sends the request until the handler ends the connection. */
async function sendOver({ request, pace }: Attack): Promise<void> {
  const ended = Promise.withResolvers<void>();
  const socket = connect({ port: Number(port), host: "127.0.0.1", noDelay: true });
  socket.on("error", () => undefined).on("close", () => ended.resolve());
  socket.resume();
  let sent = 0;
  const send = (bytes: number) => {
    socket.write(request.subarray(sent, sent + bytes));
    sent = sent + bytes >= request.length ? 0 : sent + bytes;
  };
  if (pace === undefined) {
    send(request.length);
    await ended.promise;
    return;
  }
  const headLength = request.indexOf("\r\n\r\n") + 4;
  send(headLength);
  const sending = setInterval(() => send(pace.bytes), pace.everyMs);
  await ended.promise;
  clearInterval(sending);
  // A connection that was cut saves no bytes: the next one keeps the pace.
  await sleep(Math.min(pace.everyMs, BEGIN_MS));
}
