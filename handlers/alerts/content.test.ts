import fc from "fast-check";
import { expect, it, test } from "vitest";
import { alertContent, type Trouble } from "./content.ts";
import { MAX_CONTENT_LENGTH } from "./discord.ts";

const event = (number: number, reason?: string): Trouble => ({
  id: `inbound-text:SM${String(number).padStart(32, "0")}:received`,
  reason,
});

it("names how many, the first few, and the last reason", () => {
  const events = Array.from({ length: 7 }, (_, at) => event(at, at === 6 ? undefined : `HTTP 50${at}:`));
  const ids = events.slice(0, 5).map(({ id }) => `\`${id}\``);
  expect(alertContent(events, [])).toBe(
    [
      "Twilio hub: 7 events were not handed to the agents.",
      `${ids.join(", ")} and 2 more`,
      "Last reason: `HTTP 505:`",
    ].join("\n"),
  );
});

it("tells of one event, and of recordings beside", () => {
  const recording = { id: `RE${"1".repeat(32)}`, reason: "the recording's media is no audio" };
  expect(alertContent([event(1)], [recording]).split("\n")).toEqual([
    "Twilio hub: 1 event was not handed to the agents.",
    `\`${event(1).id}\``,
    "Twilio hub: 1 recording was not stored.",
    `\`${recording.id}\``,
    "Last reason: `the recording's media is no audio`",
  ]);
});

it.each([
  ["HTTP 400: unknown number +12125550123", "+1212***23"],
  ["from (212) 555-0123 to 12125550123.", "from (*** to ***."],
  ["+1 212 555 0123", "+1212***23"],
])("masks the phone numbers of %j", (reason, masked) => {
  const content = alertContent([event(1, reason)], []);
  expect(content).toContain(masked);
  expect(content).not.toMatch(/555/);
});

it("stays code, on one line, whatever a reason holds", () => {
  const content = alertContent([event(1, "`\n@everyone **x** <@1>\u202e")], []);
  expect(content.split("\n")).toHaveLength(3);
  expect(content).toContain("Last reason: `' @everyone **x** <@1>`");
});

test("it is never longer than Discord takes", () => {
  const trouble = fc.record({
    id: fc.string({ maxLength: 400 }),
    reason: fc.option(fc.string({ maxLength: 400 }), { nil: undefined }),
  });
  const troubles = fc.array(trouble, { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(troubles, troubles, (events, recordings) => {
      expect(alertContent(events, recordings).length).toBeLessThanOrEqual(MAX_CONTENT_LENGTH);
    }),
  );
});
