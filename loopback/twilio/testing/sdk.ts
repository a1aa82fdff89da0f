/** Twilio's SDK in the tests: a process of its own that uses the proxy. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TwilioApi } from "../api/api.ts";
import type { TwilioProxy } from "../api/proxy.ts";

/**
 * Runs a script with Twilio's SDK as `client`, in a process that uses the proxy and trusts its authority.
 *
 * @param script the body of an async function
 * @returns the script's result, by way of JSON
 */
export async function withSdk({ state }: TwilioApi, proxy: TwilioProxy, script: string): Promise<unknown> {
  const program = `import twilio from "twilio";
    const client = twilio(process.env.SID, process.env.TOKEN);
    console.log(JSON.stringify(await (async () => { ${script} })()));`;
  const folder = await mkdtemp(join(tmpdir(), "twilio-sdk-"));
  try {
    const authority = join(folder, "ca.pem");
    await writeFile(authority, proxy.ca);
    const env = {
      HTTP_PROXY: proxy.url,
      NODE_EXTRA_CA_CERTS: authority,
      SID: state.accountSid,
      TOKEN: state.authToken,
    };
    const args = ["--input-type=module", "--eval", program];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env, cwd: import.meta.dirname });
    return JSON.parse(stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}
