/** Requests to the Webhooks configuration API of the tests' account. */
import { beforeEach } from "vitest";
import { z } from "zod";
import type { TwilioApi } from "../api/api.ts";
import { placeSetting } from "../configuration/make.ts";
import { AUTHORIZATION, testApi } from "./account.ts";

/** The API's URL. */
export const BASE = "https://webhooks.twilio.com/v1/Webhooks";
/** The `auth` of a Setting without authentication, and of one with it. */
export const NONE = { source: "INLINE" as const, value: { scheme: "NONE" as const } };
export const BASIC = {
  source: "INLINE" as const,
  value: { scheme: "BASIC" as const, username: "user", password: "made-up" },
};

const Operation = z.looseObject({ id: z.string() });
const Answer = z.looseObject({ id: z.string(), operation: Operation, secret: z.string() }).partial();

interface Options {
  /** The value that is sent as JSON. */
  readonly body?: unknown;
  /** The `Idempotency-Key`. */
  readonly key?: string;
  readonly authorization?: string;
}

/** Sends a request. The path begins with the name of a list. */
export async function askConfiguration(
  twilio: TwilioApi,
  method: string,
  path: string,
  { body, key, authorization = AUTHORIZATION }: Options = {},
) {
  const headers = { Authorization: authorization, ...(key !== undefined && { "Idempotency-Key": key }) };
  const sent = body === undefined ? null : JSON.stringify(body);
  const response = await twilio.fetch(new Request(`${BASE}/${path}`, { method, headers, body: sent }));
  const text = await response.text();
  const json = Answer.parse(text === "" ? {} : JSON.parse(text));
  return { status: response.status, headers: response.headers, json };
}

/** The account of the current test, which has one Setting. */
export interface ConfigurationSuite {
  twilio(): TwilioApi;
  settingId(): string;
  /** Sends a request, see {@link askConfiguration}. */
  ask(method: string, path: string, options?: Options): ReturnType<typeof askConfiguration>;
  /** All webhooks under one Setting: by default the account's. */
  shares(id?: string): { settingId: string; percentage: number }[];
  /** An exact Rule with the account's Setting. */
  exact(value: string): object;
}

/** Makes an account before each test of a file. */
export function configurationSuite(): ConfigurationSuite {
  let twilio: TwilioApi;
  let settingId: string;
  beforeEach(() => {
    twilio = testApi();
    settingId = placeSetting(twilio.state.webhooks, { auth: NONE }).id;
  });
  const shares = (id = settingId) => [{ settingId: id, percentage: 100 }];
  return {
    twilio: () => twilio,
    settingId: () => settingId,
    ask: (method, path, options) => askConfiguration(twilio, method, path, options),
    shares,
    exact: (value) => ({ matchType: "EXACT_MATCH", value, settings: shares() }),
  };
}
