/**
 * `node loopback/engine/main.ts NAME…` serves the stand-ins for the named plugins (`nodejs`, `cloudflare`, `command`, `terraform-provider`),
 * and prints one line of JSON with their ports. It ends when its standard input ends, so it cannot outlive the process that started it.
 */
import { cloudflareProvider } from "./cloudflare/provider.ts";
import { commandProvider } from "./command/provider.ts";
import { serveLanguageHost } from "./language-host.ts";
import type { ListeningServer } from "./protocol/grpc-server.ts";
import { serveProvider } from "./protocol/provider-server.ts";
import { twilioProvider } from "./twilio/provider.ts";

const STAND_INS: Readonly<Record<string, () => Promise<ListeningServer>>> = {
  nodejs: serveLanguageHost,
  cloudflare: () => serveProvider(cloudflareProvider),
  command: () => serveProvider(commandProvider),
  "terraform-provider": () => serveProvider(twilioProvider),
};

const ports: Record<string, number> = {};
for (const name of process.argv.slice(2)) {
  const serve = STAND_INS[name];
  if (serve === undefined) throw new Error(`no stand-in for the plugin "${name}"; known: ${Object.keys(STAND_INS)}`);
  ports[name] = (await serve()).port;
}
process.stdout.write(`${JSON.stringify(ports)}\n`);
process.stdin.resume().once("end", () => process.exit());
