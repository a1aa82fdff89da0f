/** Requests that Twilio refuses: on each route, with each status of an injected fault. The requests themselves are wrong on purpose. */
import type { FaultStatus } from "../../../../loopback/serving/faults.ts";
import type { HostRoute } from "../../../../loopback/twilio/api/api.ts";
import { basic, callApi } from "../../../../loopback/twilio/testing/account.ts";
import type { Site } from "./site.ts";

/** The name under which the recorder keeps these requests. */
export const REFUSED = "refused";

const FAULTS: readonly FaultStatus[] = [400, 401, 403, 404, 429, 500, 502, 503];

/** A URL of a route. Its resources do not exist. */
export function urlOf({ host, path }: HostRoute, accountSid: string): string {
  const filled = path.replace(":account", accountSid).replaceAll(/:(\w+)/g, () => `XX${"f".repeat(32)}`);
  return `https://${host}${filled}${host === "api.twilio.com" ? ".json" : ""}`;
}

/** Has each route refuse requests, and the API fail in each way. */
export async function provokeRefusals({ cloud: { twilio } }: Site): Promise<void> {
  const { accountSid, authToken } = twilio.state;
  for (const route of twilio.routes) {
    const url = urlOf(route, accountSid);
    const { method } = route;
    const form = method === "POST" && { form: { Nothing: "needed" } };
    await callApi(twilio, url, { method, ...form, authorization: basic(`${accountSid}:wrong`) });
    for (const status of FAULTS) {
      twilio.faults.fail({ status });
      await callApi(twilio, url, { method, ...form });
    }
    if (method === "POST" || url.includes("ffff")) await callApi(twilio, url, { method, ...form });
  }
  const stranger = `https://api.twilio.com/2010-04-01/Accounts/AC${"9".repeat(32)}/Calls.json`;
  await callApi(twilio, stranger, { authorization: basic(`${accountSid}:${authToken}`) });
}
