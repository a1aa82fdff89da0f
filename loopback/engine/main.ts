/**
 * `node loopback/engine/main.ts NAME…` serves the stand-ins for the named plugins (`nodejs`, `cloudflare`, `command`, `terraform-provider`),
 * and prints one line of JSON with their ports. It ends when its standard input ends, so it cannot outlive the process that started it.
 */
import type { ListeningServer } from "./protocol/grpc-server.ts";
import type { ProviderStandIn } from "./protocol/provider-server.ts";

/** Serves a stand-in. Each loads only what it needs: the vendors' SDKs take longest. */
const STAND_INS: Readonly<Record<string, () => Promise<ListeningServer>>> = {
  nodejs: async () => (await import("./language-host.ts")).serveLanguageHost(),
  cloudflare: async () => serve((await import("./cloudflare/provider.ts")).cloudflareProvider),
  command: async () => serve((await import("./command/provider.ts")).commandProvider),
  "terraform-provider": async () => serve((await import("./twilio/provider.ts")).twilioProvider),
};

async function serve<Client>(provider: ProviderStandIn<Client>): Promise<ListeningServer> {
  return (await import("./protocol/provider-server.ts")).serveProvider(provider);
}

const ports: Record<string, number> = {};
for (const name of process.argv.slice(2)) {
  const standIn = STAND_INS[name];
  if (standIn === undefined) throw new Error(`no stand-in for the plugin "${name}"; known: ${Object.keys(STAND_INS)}`);
  ports[name] = (await standIn()).port;
}
process.stdout.write(`${JSON.stringify(ports)}\n`);
process.stdin.resume().once("end", () => process.exit());
