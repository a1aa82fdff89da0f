import { expect, test } from "vitest";
import { E164 } from "../../../hub/values/values.ts";
import { apiAccount } from "../../start/validity.ts";
import { CREDENTIALS, TOKEN } from "../../testing/manifest.ts";
import { clearText } from "../gate/clearance.ts";
import { postMessage } from "./post-message.ts";

const TEXT = {
  id: "7f1c",
  to: E164.parse("+12135550100"),
  from: E164.parse("+19497798471"),
  body: "¿Qué? 👋 a&b=c",
};
const CALLBACK = "https://webhook.reri.co/sms/status";
const SID = `SM${"1".repeat(32)}`;

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
}

/** An account whose requests go to a stub with a fixed answer. */
function accountThatGets(answer: () => Response) {
  const sent: Sent[] = [];
  const fetch = async (url: string, init: RequestInit) => {
    sent.push({ url, init });
    return answer();
  };
  return { sent, account: { ...apiAccount(CREDENTIALS), fetch } };
}

const created = () => Response.json({ sid: SID }, { status: 201 });

test("a cleared text is posted to Twilio's Messages unchanged, with its status callback", async () => {
  const { account, sent } = accountThatGets(created);
  expect(await postMessage(clearText(TEXT), TEXT.from, account, CALLBACK)).toEqual({ kind: "created", sid: SID });
  expect(sent).toHaveLength(1);
  const [{ url, init } = { url: "", init: {} }] = sent;
  expect(url).toBe(`https://api.twilio.com/2010-04-01/Accounts/${CREDENTIALS.accountSid}/Messages.json`);
  expect(init).toMatchObject({ method: "POST", redirect: "manual" });
  expect(new Headers(init.headers).get("authorization")).toBe(
    `Basic ${Buffer.from(`${CREDENTIALS.accountSid}:${TOKEN}`).toString("base64")}`,
  );
  expect(Object.fromEntries(new URLSearchParams(String(init.body)))).toEqual({
    To: TEXT.to,
    From: TEXT.from,
    Body: TEXT.body,
    StatusCallback: CALLBACK,
  });
});

test("without a clearance nothing is sent", async () => {
  const { account, sent } = accountThatGets(created);
  for (const forged of [undefined, TEXT, { ...clearText(TEXT) }]) {
    await expect(Reflect.apply(postMessage, undefined, [forged, TEXT.from, account, CALLBACK])).rejects.toThrow(
      "not a clearance",
    );
  }
  expect(sent).toEqual([]);
});

test.each<[string, () => Response]>([
  ["created", created],
  ["refused", () => Response.json({ code: 30034 }, { status: 400 })],
  ["limited", () => new Response("", { status: 429 })],
  ["redirected", () => new Response("", { status: 307, headers: { location: "https://elsewhere.example/" } })],
  ["unknown", () => new Response("", { status: 503 })],
])("a clearance sends once, even if the outcome is %s", async (_what, answer) => {
  const { account, sent } = accountThatGets(answer);
  const clearance = clearText(TEXT);
  await postMessage(clearance, TEXT.from, account, CALLBACK);
  await expect(postMessage(clearance, TEXT.from, account, CALLBACK)).rejects.toThrow("was used before");
  expect(sent).toHaveLength(1);
});

test("several concurrent sends with one clearance send one text", async () => {
  const { account, sent } = accountThatGets(created);
  const clearance = clearText(TEXT);
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => postMessage(clearance, TEXT.from, account, CALLBACK)));
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected", "rejected"]);
  expect(sent).toHaveLength(1);
});

test("an answer without a message's SID leaves the outcome unknown", async () => {
  const { account } = accountThatGets(() => Response.json({ sid: `CA${"1".repeat(32)}` }, { status: 201 }));
  expect(await postMessage(clearText(TEXT), TEXT.from, account, CALLBACK)).toMatchObject({ kind: "unknown" });
});
