import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { exists } from "../cli/files.ts";
import { PROJECT } from "../cli/paths.ts";
import { makePm2Home } from "./pm2.ts";

test("closing a home ends the PM2 that was started in it", async () => {
  const home = await makePm2Home();
  const env = { ...process.env, PM2_HOME: home.folder };
  await promisify(execFile)(process.execPath, [join(PROJECT, "node_modules", "pm2", "bin", "pm2"), "ping"], { env });
  const daemon = Number(await readFile(join(home.folder, "pm2.pid"), "utf8"));
  expect(process.kill(daemon, 0)).toBe(true);
  await home.close();
  expect(() => process.kill(daemon, 0)).toThrow("ESRCH");
  expect(await exists(home.folder)).toBe(false);
});

test("closing a home without a PM2 removes it", async () => {
  const home = await makePm2Home();
  await home.close();
  expect(await exists(home.folder)).toBe(false);
});
