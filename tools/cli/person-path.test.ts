import { join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT } from "./paths.ts";
import { personPath } from "./person-path.ts";

const OWN = "/home/henry/.local/bin:/usr/local/bin:/usr/bin";

test.each([
  ["nothing added", ""],
  ["the folders that npm run adds", `${join(PROJECT, "node_modules", ".bin")}:/node_modules/.bin:`],
  ["npm's node-gyp", "/usr/lib/node_modules/npm/node_modules/@npmcli/run-script/lib/node-gyp-bin:"],
  ["the folder of the project's Node", `${join(PROJECT, "node_modules", "node", "bin")}:`],
  ["the current folder, as an empty name", ":"],
])("leaves the person's own PATH: %s", (_what, before) => {
  expect(personPath({ PATH: `${before}${OWN}` })).toEqual({ HUB_PATH: OWN });
});

test("a folder that the person put first stays, even one inside or beside the project", () => {
  const path = `${PROJECT}/loopback/bin:${PROJECT}-tools/bin:/home/henry/wrappers:${OWN}`;
  expect(personPath({ PATH: path })).toEqual({ HUB_PATH: path });
});

test("without a PATH an empty one is passed on", () => {
  expect(personPath({})).toEqual({ HUB_PATH: "" });
});
