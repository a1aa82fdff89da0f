/** The set-up of the tests that send requests through the proxies, and the judges that this machine lacks. */
import { afterAll, beforeAll } from "vitest";
import { type HandlerSite, makeHandlerSite } from "../../support/handler/handler-process.ts";
import { lacking } from "../verdict.ts";
import { CURL } from "./curl.ts";
import { PROXIES, type RunningFronts, startFronts } from "./fronts/fronts.ts";

/** The end of a test's name that lists the missing programs. Empty if the machine has all of them. */
export const MISSING = [
  lacking("nginx", PROXIES.nginx !== undefined),
  lacking("haproxy", PROXIES.haproxy !== undefined),
  lacking("curl", CURL !== undefined),
].join("");

/** The handler of a file's tests, and the ways to it. */
export interface FrontsSuite {
  site(): HandlerSite;
  running(): RunningFronts;
}

/** Starts a handler with the proxies in front of it before a file's tests, and ends them after. */
export function useFronts(): FrontsSuite {
  let site: HandlerSite;
  let running: RunningFronts;
  beforeAll(async () => {
    site = await makeHandlerSite();
    running = await startFronts((await site.start()).port);
  });
  afterAll(async () => {
    await running.close();
    await site.close();
  });
  return { site: () => site, running: () => running };
}
