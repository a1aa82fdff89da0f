import { expect, test } from "vitest";
import { refused, unreachable, type Vendor } from "./vendor-error.ts";

const VENDOR: Vendor = {
  name: "Vendor",
  credentials: "the key",
  ids: "the IDs",
  endpoint: "the URL",
  statusPage: "the page",
};
const request = { method: "GET", path: "things/1", secrets: ["s3cret", ""] };

test("a credential that the vendor repeats is masked, and its lines are one", () => {
  const { message, status } = refused(VENDOR, request, { status: 400, reason: "1 no\n  s3cret,\tor s3cret" });
  expect(message).toBe(
    "Vendor answered 400 (1 no [secret], or [secret]) on GET things/1: check the value that it names",
  );
  expect(status).toBe(400);
});

test("an answer without a reason has none", () => {
  const { message } = refused(VENDOR, request, { status: 502 });
  expect(message).toBe("Vendor answered 502 on GET things/1: see the page and run it again");
});

test.each([
  ["its code", Object.assign(new Error("connect s3cret"), { code: "ECONNRESET" }), "ECONNRESET"],
  [
    "the cause's code",
    new TypeError("fetch failed", { cause: Object.assign(new Error(), { code: "EPIPE" }) }),
    "EPIPE",
  ],
  ["its message", new Error("to s3cret"), "to [secret]"],
  ["itself", "away", "away"],
])("a request without an answer gives %s", (_, cause, shown) => {
  const { message, status } = unreachable(VENDOR, request, cause);
  expect(message).toBe(`Vendor did not answer GET things/1 (${shown}): check the network, and the URL where it is set`);
  expect(status).toBeUndefined();
});
