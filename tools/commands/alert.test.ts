import { execFile } from "node:child_process";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Discord, startDiscord } from "../../loopback/discord.ts";
import { withoutProgress } from "../../test/support/without-progress.ts";
import { PROJECT } from "../cli/paths.ts";

let discord: Discord;
beforeEach(async () => {
  discord = await startDiscord({ id: "1234567890", token: "made-up-token" });
});
afterEach(() => discord.close());

function alert(args: readonly string[], webhook: string | undefined): Promise<{ code: unknown; stderr: string }> {
  const env = { ...process.env, DISCORD_OPS_WEBHOOK: webhook };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(PROJECT, "tools", "commands", "alert.ts"), ...args],
      { env },
      (error, _stdout, stderr) => resolve({ code: error?.code ?? 0, stderr: withoutProgress(stderr) }),
    );
  });
}

test("posts the text and mentions nobody", async () => {
  expect(await alert(["--text", "@everyone the cloud differs"], discord.webhookUrl)).toEqual({ code: 0, stderr: "" });
  expect(discord.state.messages).toEqual([
    expect.objectContaining({ content: "@everyone the cloud differs", allowed_mentions: { parse: [] } }),
  ]);
});

test("exits with 1 if Discord refuses the alert, without showing the webhook's token", async () => {
  const { code, stderr } = await alert(["--text", "x"], discord.webhookUrl.replace("made-up-token", "another-token"));
  expect([code, stderr]).toEqual([1, expect.stringContaining("Discord did not take the alert: HTTP 401")]);
  expect(stderr).not.toContain("another-token");
});

test.each([
  ["no text", [], "http://127.0.0.1:1/x", "--text is missing: give the text"],
  ["no webhook", ["--text", "x"], "", "DISCORD_OPS_WEBHOOK: missing"],
  ["a webhook in plain text", ["--text", "x"], "http://discord.example/secret", "(the value found is not shown)"],
])("the error says what to set: %s", async (_what, args, webhook, message) => {
  const { code, stderr } = await alert(args, webhook);
  expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
  expect(stderr).not.toContain("discord.example");
});
