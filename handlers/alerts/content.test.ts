import fc from "fast-check";
import { expect, it, test } from "vitest";
import { alertContent, type Trouble, type Troubles } from "./content.ts";
import { MAX_CONTENT_LENGTH } from "./discord.ts";

const event = (number: number, reason?: string): Trouble => ({
  id: `inbound-text:SM${String(number).padStart(32, "0")}:received`,
  reason,
});

const NONE: Troubles = { parked: [], failing: [], recordings: [], outbound: [] };

it("gives the count, the first few ids, and the last reason", () => {
  const events = Array.from({ length: 7 }, (_, at) => event(at, at === 6 ? undefined : `HTTP 50${at}:`));
  const ids = events.slice(0, 3).map(({ id }) => `\`${id}\``);
  expect(alertContent({ ...NONE, parked: events })).toBe(
    [
      "Twilio hub: 7 events were refused by the agents' gateway.",
      `${ids.join(", ")} and 4 more`,
      "Last reason: `HTTP 505:`",
    ].join("\n"),
  );
});

it("has a section for one event, and one for recordings", () => {
  const recording = { id: `RE${"1".repeat(32)}`, reason: "the recording's media is not MP3 audio" };
  expect(alertContent({ ...NONE, failing: [event(1)], recordings: [recording] }).split("\n")).toEqual([
    "Twilio hub: 1 event keeps failing and is retried.",
    `\`${event(1).id}\``,
    "Twilio hub: 1 recording could not be stored.",
    `\`${recording.id}\``,
    "Last reason: `the recording's media is not MP3 audio`",
  ]);
});

it("describes a call or text by its state", () => {
  const outbound = ["failed", "unknown", "queued"].map((state) => ({ id: `call ${state}`, reason: undefined, state }));
  expect(alertContent({ ...NONE, outbound })).toBe(
    "Twilio hub: 3 calls or texts need attention.\n`call failed` (failed), `call unknown` (may have left), `call queued` (has not left)",
  );
});

it("shows one of our own ids in full, although it looks like a phone number", () => {
  const id = "call 8ef175ed-8683-4687-9322-824121936011";
  expect(alertContent({ ...NONE, outbound: [{ id, reason: undefined, state: "failed" }] })).toContain(`\`${id}\``);
});

it.each([
  ["HTTP 400: unknown number +12125550123", "+1212***23"],
  ["from (212) 555-0123 to 12125550123.", "from (*** to ***."],
  ["+1 212 555 0123", "+1212***23"],
  ["x+12125550123 _+12125550123 %2B12125550123", "x+1212***23 _+1212***23"],
  ["12125550123ext 212 - 555 - 0123", "***ext ***"],
])("masks the phone numbers of %j", (reason, masked) => {
  const content = alertContent({ ...NONE, failing: [event(1, reason)] });
  expect(content).toContain(masked);
  expect(content).not.toMatch(/555/);
});

it("keeps a reason code, on one line, whatever it contains", () => {
  const content = alertContent({ ...NONE, parked: [event(1, "`\n@everyone **x** <@1>\u202e")] });
  expect(content.split("\n")).toHaveLength(3);
  expect(content).toContain("Last reason: `' @everyone **x** <@1>`");
});

test("an alert is never longer than Discord takes", () => {
  const trouble = fc.record({
    id: fc.string({ maxLength: 400 }),
    reason: fc.option(fc.string({ maxLength: 400 }), { nil: undefined }),
  });
  const troubles = fc.array(trouble, { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(troubles, troubles, troubles, troubles, (parked, failing, recordings, others) => {
      const outbound = others.map((other) => ({ ...other, state: "unknown" }));
      expect(alertContent({ parked, failing, recordings, outbound }).length).toBeLessThanOrEqual(MAX_CONTENT_LENGTH);
    }),
  );
});
