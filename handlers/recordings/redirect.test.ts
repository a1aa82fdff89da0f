import { describe, expect, it, test } from "vitest";
import { mayHaveCredentials, redirectTarget } from "./redirect.ts";

const FROM = new URL("https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1.mp3");

describe("a redirect", () => {
  it.each([
    ["https://api.twilio.com/x", "https://api.twilio.com/x"],
    ["/x?y=1", "https://api.twilio.com/x?y=1"],
    ["https://media.twiliocdn.com/AC1/x", "https://media.twiliocdn.com/AC1/x"],
    ["https://com-twilio.media.us1.twilio.com:443/x", "https://com-twilio.media.us1.twilio.com/x"],
    ["https://API.TWILIO.COM/x", "https://api.twilio.com/x"],
  ])("to %s is followed", (location, target) => expect(redirectTarget(location, FROM)?.href).toBe(target));

  it.each([
    "http://api.twilio.com/x",
    "https://api.twilio.com:8443/x",
    "https://user@api.twilio.com/x",
    "https://user:password@media.twiliocdn.com/x",
    "https://twilio.com.evil.example/x",
    "https://eviltwilio.com/x",
    "https://evil.example/api.twilio.com",
    "https://api.twilio.com.:443/x",
    "https://api.twilio.com@evil.example/x",
    "https://.twilio.com/x",
    "//evil.example/x",
    "https://127.0.0.1/x",
    "https://169.254.169.254/latest/meta-data",
    "file:///etc/passwd",
    "https://",
  ])("to %s is not", (location) => expect(redirectTarget(location, FROM)).toBeUndefined());
});

test("only Twilio's API may get the credentials", () => {
  const hosts = ["api.twilio.com", "media.twiliocdn.com", "other.twilio.com", "api.twilio.com.evil.example"];
  expect(hosts.filter((host) => mayHaveCredentials(new URL(`https://${host}/`)))).toEqual(["api.twilio.com"]);
  expect(mayHaveCredentials(new URL("http://api.twilio.com/"))).toBe(false);
});
