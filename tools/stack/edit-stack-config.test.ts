import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { editedStackConfig, readStackText, writeStackText } from "./edit-stack-config.ts";
import { stackFile } from "./stack-config.ts";

const SOURCE = "Pulumi.test.yaml";
const TEXT = `# first
config:
  hub:hosts:
    mounts: [ /voice,   /sms ]    # two
  # about the numbers

  hub:numbers:
  - name: primary     # rings
    number: "+19497798471"
  - name: 'toll-free'
  hub:authorisation:
    release: sha256:aa
    by: Henry Hill    # one of hub:owners
    on: "2026-11-20"
encryptionsalt: v1:abc
`;

test("an existing value changes in its own line, and the comment beside it stays", () => {
  const edits = [
    { path: ["hub:authorisation", "release"], value: "sha256:bb" },
    { path: ["hub:authorisation", "by"], value: "Karen Hill" },
    { path: ["hub:authorisation", "on"], value: "2026-11-22" },
  ];
  const expected = TEXT.replace("sha256:aa", "sha256:bb").replace("2026-11-20", "2026-11-22");
  const edited = editedStackConfig(TEXT, SOURCE, edits);
  expect(edited.replace(/Karen Hill +#/, "Henry Hill    #")).toBe(expected);
  expect(edited).toContain("Karen Hill");
});

test("a new value is added, and every other line stays as it was", () => {
  const rules = [{ hostname: "webhook.reri.co", path: "^/x/", service: "http://localhost:1" }];
  const edited = editedStackConfig(TEXT, SOURCE, [
    { path: ["hub:numbers", 1, "sid"], value: `PN${"0".repeat(32)}` },
    { path: ["hub:cloudflare", "zoneId"], value: "12345678901234567890123456789012" },
    { path: ["hub:siblings"], value: [{ name: "a", rules }] },
    { path: ["hub:tendlc", "deniedOn"], value: "2026-05-03" },
  ]);
  const kept = edited.split("\n").filter((line) => TEXT.split("\n").includes(line));
  expect(kept.join("\n")).toBe(TEXT);
  expect(edited).toContain('deniedOn: "2026-05-03"');
  const { config } = parse(edited);
  expect(config["hub:numbers"]).toEqual([
    { name: "primary", number: "+19497798471" },
    { name: "toll-free", sid: `PN${"0".repeat(32)}` },
  ]);
  expect(config["hub:cloudflare"]).toEqual({ zoneId: "12345678901234567890123456789012" });
  expect(config["hub:siblings"]).toEqual([{ name: "a", rules }]);
});

test("a date is quoted wherever it is in a new value, or the engine would read a time", () => {
  const from = "2026-12-01T00:00:00Z";
  const edited = editedStackConfig(TEXT, SOURCE, [
    { path: ["hub:signing"], value: { keys: [{ id: "a", from }] } },
    { path: ["hub:numbers", 2], value: { name: "third", until: "2026-12-01" } },
  ]);
  expect(edited).toContain(`from: "${from}"`);
  expect(edited).toContain('until: "2026-12-01"');
});

test("a file whose format cannot be kept keeps its values and comments", () => {
  const text =
    'config:\n    # about the numbers\n    hub:numbers:\n    - name: primary\n    - name:   "toll-free"\n      a: 1\n';
  const edited = editedStackConfig(text, SOURCE, [{ path: ["hub:numbers", 1, "sid"], value: "PN1" }]);
  expect(edited).toContain("# about the numbers\n");
  const expected = parse(text);
  expected.config["hub:numbers"][1].sid = "PN1";
  expect(parse(edited)).toEqual(expected);
});

test("a value can be removed", () => {
  const edited = editedStackConfig(TEXT, SOURCE, [{ path: ["hub:authorisation"], value: undefined }]);
  expect(parse(edited).config).not.toHaveProperty(["hub:authorisation"]);
  expect(edited).toContain("[ /voice,   /sms ]    # two");
});

test.each(["prod", "loopback"])("the config of %s stays byte for byte the same if nothing changes", async (stack) => {
  const text = await readStackText(stackFile(stack));
  expect(editedStackConfig(text, SOURCE, [])).toBe(text);
});

test("a text that is not YAML is refused with one line", () => {
  expect(() => editedStackConfig("config: [", SOURCE, [])).toThrow(
    /^Pulumi\.test\.yaml: not YAML \([^\n]+\); fix it first$/,
  );
});

test("a file is replaced, and no temporary file stays beside it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "edit-"));
  try {
    const file = join(folder, SOURCE);
    await writeFile(file, "old");
    await writeStackText(file, "new");
    expect(await readStackText(file)).toBe("new");
    expect(await readdir(folder)).toEqual([SOURCE]);
    await expect(readStackText(join(folder, "none"))).rejects.toThrow("none: no such stack config");
    await expect(writeStackText(join(folder, "none", SOURCE), "")).rejects.toThrow("cannot be written");
  } finally {
    await rm(folder, { recursive: true });
  }
});
