import { describe, expect, it } from "vitest";
import { MAX_BODY_BYTES, readDelivered } from "./delivered.ts";

const URL = "https://localhost/voice?a=1";
const PIECE = 1024;

/** A body without an end, and how many bytes of it were asked for. */
function endless() {
  const asked = { bytes: 0 };
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      asked.bytes += PIECE;
      controller.enqueue(new Uint8Array(PIECE));
    },
  });
  return { asked, body };
}

const post = (body: ReadableStream | Uint8Array<ArrayBuffer> | null, headers: Record<string, string> = {}) =>
  new Request(URL, { method: "POST", body, headers, duplex: "half" });

describe("readDelivered", () => {
  it("takes the target that it is given, and the URL's where there is none", async () => {
    expect((await readDelivered(post(null), "/voice/'")).target).toBe("/voice/'");
    expect((await readDelivered(post(null))).target).toBe("/voice?a=1");
  });

  it("takes the bytes and the two headers that the checks read", async () => {
    const request = post(new Uint8Array([0xff, 0]), { "Content-Type": "a/b", "X-Twilio-Signature": "c" });
    const { method, contentType, signature, body } = await readDelivered(request);
    expect({ method, contentType, signature }).toEqual({ method: "POST", contentType: "a/b", signature: "c" });
    expect([...body]).toEqual([0xff, 0]);
  });

  it.each([
    ["not announced", {}],
    ["announced", { "content-length": String(2 ** 40) }],
  ])("stops reading a long body whose length is %s", async (_what, headers) => {
    const { asked, body } = endless();
    const read = await readDelivered(post(body, headers));
    expect(read.body.length).toBe(MAX_BODY_BYTES + PIECE);
    expect(asked.bytes).toBeLessThanOrEqual(MAX_BODY_BYTES + 2 * PIECE);
  });
});
