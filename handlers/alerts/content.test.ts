import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { alertContent } from "./content.ts";
import { MAX_CONTENT_LENGTH } from "./discord.ts";
import { TROUBLE_NAMES } from "./trouble-causes.ts";
import type { DueMessage } from "./trouble-records.ts";

const id = (number: number) => `inbound-text:SM${String(number).padStart(32, "0")}:received`;
const named = (...ids: readonly string[]) => ids.map((given) => ({ id: given, state: null }));

/** A message about the first trouble of a cause. */
const message = (cause: DueMessage["cause"], changes: Partial<DueMessage> = {}): DueMessage => ({
  id: "1",
  cause,
  count: 1,
  toldCount: 0,
  named: named(id(1)),
  reason: null,
  firstSeenAt: new Date("2026-11-22T10:00:59Z"),
  isOver: false,
  seconds: 0,
  ...changes,
});

describe("an alert", () => {
  it("gives the count, the first few ids, and the last reason", () => {
    const ids = [1, 2, 3].map(id);
    const parked = message("events-parked", { count: 50_000, named: named(...ids), reason: "HTTP 505:" });
    expect(alertContent([parked]).split("\n")).toEqual([
      "Twilio hub: 50000 events were refused by the agents' gateway.",
      `${ids.map((given) => `\`${given}\``).join(", ")} and 49997 more`,
      "Last reason: `HTTP 505:`",
    ]);
  });

  it("says how many are new, and how many there are in all", () => {
    expect(alertContent([message("events-failing", { count: 7, toldCount: 5 })]).split("\n")).toEqual([
      "Twilio hub: 2 more events keep failing and are retried. 7 in all since 2026-11-22 10:00 UTC.",
      `\`${id(1)}\` and 1 more`,
    ]);
  });

  it("has a section for each cause", () => {
    const recording = `RE${"1".repeat(32)}`;
    const recordings = message("recordings-failed", { named: named(recording), reason: "the media is not MP3 audio" });
    expect(alertContent([message("events-failing"), recordings]).split("\n")).toEqual([
      "Twilio hub: 1 event keeps failing and is retried.",
      `\`${id(1)}\``,
      "Twilio hub: 1 recording could not be stored.",
      `\`${recording}\``,
      "Last reason: `the media is not MP3 audio`",
    ]);
  });

  it("says that a cause is over, after which time, and how many it were", () => {
    const over = message("events-failing", {
      count: 50,
      toldCount: 50,
      isOver: true,
      seconds: 1_500,
      reason: "HTTP 503:",
    });
    expect(alertContent([over])).toBe(
      "Twilio hub: over after 25 minutes: no event keeps failing; 50 in all since 2026-11-22 10:00 UTC.",
    );
  });

  it("describes a late call or text by its state", () => {
    const late = ["unknown", "queued"].map((state) => ({ id: `call ${state}`, state }));
    expect(alertContent([message("outbound-late", { count: 2, named: late })])).toBe(
      "Twilio hub: 2 calls or texts are late.\n`call unknown` (may have left), `call queued` (has not left)",
    );
  });
});

it("shows one of our own ids in full, although it looks like a phone number", () => {
  const own = "call 8ef175ed-8683-4687-9322-824121936011";
  expect(alertContent([message("outbound-failed", { named: named(own) })])).toContain(`\`${own}\``);
});

it.each([
  ["HTTP 400: unknown number +12125550123", "+1212***23"],
  ["from (212) 555-0123 to 12125550123.", "from (*** to ***."],
  ["+1 212 555 0123", "+1212***23"],
  ["x+12125550123 _+12125550123 %2B12125550123", "x+1212***23 _+1212***23"],
  ["12125550123ext 212 - 555 - 0123", "***ext ***"],
])("masks the phone numbers of %j", (reason, masked) => {
  const content = alertContent([message("events-failing", { reason })]);
  expect(content).toContain(masked);
  expect(content).not.toMatch(/555/);
});

it("keeps a reason code, on one line, whatever it contains", () => {
  const content = alertContent([message("events-parked", { reason: "`\n@everyone **x** <@1>\u202e" })]);
  expect(content.split("\n")).toHaveLength(3);
  expect(content).toContain("Last reason: `' @everyone **x** <@1>`");
});

test("an alert is never longer than Discord takes", () => {
  const text = (length: number) => fc.string({ minLength: length, maxLength: length });
  fc.assert(
    fc.property(
      text(400),
      text(400),
      fc.boolean(),
      fc.integer({ min: 0, max: 2 ** 50 }),
      (long, reason, isOver, toldCount) => {
        const changes = {
          named: named(long, long, long),
          reason,
          isOver,
          toldCount,
          count: toldCount + 100,
          seconds: 1e9,
        };
        const content = alertContent(TROUBLE_NAMES.map((cause) => message(cause, changes)));
        expect(content.length).toBeLessThanOrEqual(MAX_CONTENT_LENGTH);
        expect(content.match(/Twilio hub: /g)).toHaveLength(TROUBLE_NAMES.length);
      },
    ),
  );
});
