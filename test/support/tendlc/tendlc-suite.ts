/** The set-up of a file of 10DLC tests: one site for the whole file, with an open gate file before each test. */
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { makeTendlcSite, type TendlcSite } from "./tendlc-site.ts";
import { NO_TEXT, type TextsThatLeft, textsThatLeft } from "./texts-that-left.ts";

/** The recipient of the tests' texts. */
export const TO = "+12135550100";
/** The hub's first number. */
export const PRIMARY = "+19497798471";
/** The hub's second number. */
export const TOLL_FREE = "+18446883807";

/** The values that a file's tests share. They exist only while its hooks and tests run. */
export interface TendlcSuite {
  site(): TendlcSite;
  /** Counts the texts that left in the current test. */
  texts(): TextsThatLeft;
  /**
   * Requests a text to {@link TO} at the outbound endpoint, and waits until it is settled.
   *
   * @returns the request's state, and the reason for it
   */
  text(options?: { readonly body?: string; readonly from?: string }): ReturnType<TendlcSite["outcome"]>;
}

/** Options of {@link tendlcSuite}. */
export interface SuiteOptions {
  /** Runs once, on the new site with its open gate file. */
  readonly prepare?: (site: TendlcSite) => Promise<unknown>;
  /** Whether a test fails if a text has left by its end. */
  readonly expectsNoText?: boolean;
}

/** Makes a site before a file's tests and closes it after them; clears it after each test. */
export function tendlcSuite({ prepare, expectsNoText = false }: SuiteOptions = {}): TendlcSuite {
  let site: TendlcSite;
  const texts = () => textsThatLeft(site.cloud);
  beforeAll(async () => {
    site = await makeTendlcSite();
    await site.writeGateFile();
    await prepare?.(site);
  });
  beforeEach(() => site.writeGateFile());
  afterEach(async () => {
    const left = texts();
    await site.clear();
    if (expectsNoText) expect(left).toEqual(NO_TEXT);
  });
  afterAll(() => site.close());
  return {
    site: () => site,
    texts,
    text: async ({ body = "Hello.", from = PRIMARY } = {}) => {
      const { id } = await site.client.sendMessage({ to: TO, from, body });
      return site.outcome(id);
    },
  };
}
