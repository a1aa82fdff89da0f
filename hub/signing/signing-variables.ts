/** The variables of the resource that makes the Rules and Settings. The config alone decides them. */
import type { HubConfig } from "../config/config.ts";
import { ROUTES } from "../urls/routes.ts";
import { declarationOf, declarationVariables } from "./declaration.ts";

/** The part of the config that decides the variables. */
export type SigningConfig = Pick<HubConfig, "signing" | "hosts" | "numbers" | "twilio" | "handler" | "endpoints">;

/** The names of all of them, without the transport's. */
export const SIGNING_VARIABLES = [
  "HUB_PROCESS",
  "HUB_RELEASES",
  "HUB_SIGNING_HOSTS",
  "HUB_SIGNING_QUERIES",
  "HUB_SIGNING_RULES",
  "HUB_SIGNING_SETTINGS",
  "HUB_TWILIO_PASSWORD",
  "HUB_TWILIO_PROXY",
  "HUB_TWILIO_USERNAME",
] as const;

/** The 1Password references of the credentials for Twilio's API. */
export function signingCredentials({ signing, twilio }: Pick<HubConfig, "signing" | "twilio">) {
  const { sid, secret } = signing?.apiKey ?? { sid: twilio.accountSid, secret: twilio.authToken };
  return { username: sid, password: secret };
}

/** The variables, or undefined without `hub:signing`. */
export function signingVariables(config: SigningConfig): Readonly<Record<string, string>> | undefined {
  const { signing, hosts, numbers, handler, endpoints } = config;
  if (signing === undefined) return undefined;
  const { username, password } = signingCredentials(config);
  return {
    ...declarationVariables(declarationOf({ hosts, numbers, routes: ROUTES }, signing)),
    HUB_PROCESS: handler.process,
    HUB_RELEASES: handler.releases,
    HUB_SIGNING_HOSTS: [hosts.canonical.url, hosts.funnel.url].join(" "),
    HUB_TWILIO_USERNAME: username,
    HUB_TWILIO_PASSWORD: password,
    ...(endpoints && { HUB_TWILIO_PROXY: endpoints.twilioProxy }),
  };
}
