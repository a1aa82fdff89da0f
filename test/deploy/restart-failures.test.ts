import { appendFile, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startConstantLoad } from "../../tools/loopback/constant-load.ts";
import { makePm2Machine, type Pm2Machine } from "../support/machine/pm2-machine.ts";
import { type Defect, REFUSAL } from "../support/machine/small-release.ts";

const MOMENT = { HUB_AUTHORISED_ON: new Date().toISOString().replace(/\.\d+Z$/, "Z") };

/** How long the PM2 command may take to start, in seconds. On a busy machine of two cores it took longer than 5 s. */
const SLOW_START_SECONDS = 8;

/** Runs a test on its own machine. */
const onMachine = (run: (machine: Pm2Machine) => Promise<void>) => async () => {
  const machine = await makePm2Machine();
  try {
    await run(machine);
  } finally {
    await machine.close();
  }
};

async function staged(machine: Pm2Machine, defect?: Defect): Promise<string> {
  const release = await machine.build(defect);
  expect(machine.stage(release)).toMatchObject({ status: 0 });
  return release;
}

/** Builds, stages and starts a good release. */
async function running(machine: Pm2Machine): Promise<string> {
  const release = await staged(machine);
  expect(await machine.restart(release)).toMatchObject({ status: 0 });
  return release;
}

/** The single line of a failed restart. The last alert must contain it too. */
async function failure(machine: Pm2Machine, release: string, ...args: [string?, Record<string, string>?]) {
  const { status, stderr } = await machine.restart(release, ...args);
  expect(status).toBe(1);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).toContain((await machine.alerts()).at(-1));
  return stderr;
}

const TAKEN_BACK: readonly (readonly [Defect, string])[] = [
  ["probe fails", "its probe fails"],
  ["probe refused", "its probe fails"],
  ["never ready", "PM2 does not have it running"],
  ["cannot start", "PM2 does not have it running"],
];

test.concurrent.each(TAKEN_BACK)(
  "for a release with the defect %s, a restart rolls back, loses no request, sends an alert, and spends the authorisation",
  (defect, reason) =>
    onMachine(async (machine) => {
      const good = await running(machine);
      const bad = await staged(machine, defect);
      const stopLoad = startConstantLoad(machine.answer);
      const line = await failure(machine, bad);
      const answers = await stopLoad();
      expect([...answers].filter((answer) => answer !== bad)).toEqual([good]);
      expect(line).toContain(`release ${bad} was not taken: ${reason}`);
      expect(line).toContain(`${good} runs again; fix it and authorise again`);
      expect(await machine.current()).toBe(good);
      expect(machine.processes()).toMatchObject([{ release: good, status: "online" }]);
      expect(await machine.alerts()).toHaveLength(1);

      const again = await machine.restart(bad);
      const refusal = expect.stringContaining("the attempt with it failed; authorise again");
      expect(again).toMatchObject({ status: 1, stderr: refusal });
      expect(machine.processes()).toMatchObject([{ release: good, status: "online" }]);
    })(),
);

test.concurrent(
  "going back from a release that is never ready loses no request on a machine where the PM2 command is slow to start",
  onMachine(async (machine) => {
    const good = await running(machine);
    const bad = await staged(machine, "never ready");
    const slow = await machine.slowCommand("startOrRestart", SLOW_START_SECONDS);
    const stopLoad = startConstantLoad(machine.answer);
    expect(await failure(machine, bad, undefined, { PATH: slow })).toContain(`${good} runs again`);
    expect([...(await stopLoad())].filter((answer) => answer !== bad)).toEqual([good]);
  }),
);

const UNTOUCHED: readonly (readonly [Defect, string])[] = [
  ["reference refused", `it cannot start: twilio handler: ${REFUSAL}`],
  ["throws", "it cannot start: Error: thrown at its top"],
];

test.concurrent.each(UNTOUCHED)(
  "for a release with the defect %s, a restart does not touch the running release, and sends an alert",
  (defect, reason) =>
    onMachine(async (machine) => {
      const good = await running(machine);
      const before = machine.processes();
      const bad = await staged(machine, defect);
      const line = await failure(machine, bad);
      expect(line).toContain(`release ${bad} was not taken: ${reason}; ${good} runs on, untouched; fix it`);
      expect(machine.processes()).toEqual(before);
      expect(await machine.answer()).toBe(good);
      expect(await machine.current()).toBe(good);
    })(),
);

test.concurrent(
  "the running release, authorised again while its reference is refused, keeps answering in the same process",
  onMachine(async (machine) => {
    const good = await running(machine);
    const before = machine.processes();
    await machine.refuseReferences();
    expect(await failure(machine, good, "Henry Hill", MOMENT)).toContain(`${REFUSAL}; ${good} runs on, untouched`);
    expect(machine.processes()).toEqual(before);
    expect(await machine.answer()).toBe(good);
  }),
);

test.concurrent.each<[what: string, spoil: (good: string) => Promise<void>, reason: string]>([
  [
    "has another handler",
    (good) => appendFile(join(good, "handler.mjs"), 'appendFileSync(environment.SITE + "/ran", "damaged");\n'),
    "a file differs from SHA256SUMS or is missing",
  ],
  [
    "has a file more",
    (good) => writeFile(join(good, "package.json"), "{}"),
    "package.json is not listed in SHA256SUMS",
  ],
  ["has a link more", (good) => symlink("/etc", join(good, "etc")), "./etc is not a file"],
])("a restart does not go back to a release that %s, runs none of it, and says so", (_what, spoil, reason) =>
  onMachine(async (machine) => {
    const good = await running(machine);
    const bad = await staged(machine, "probe refused");
    await spoil(join(machine.releases, good));
    const line = await failure(machine, bad);
    expect(line).toContain(`${good}, to which it would go back, is damaged (${reason}) and was not started`);
    expect(machine.processes()).toMatchObject([{ release: bad }]);
    expect(await readdir(machine.folder)).not.toContain("ran");
  })(),
);

test.concurrent(
  "if the running release is authorised again and does not start, the failure says that it does not answer",
  onMachine(async (machine) => {
    const good = await running(machine);
    await machine.breakStarts();
    const line = await failure(machine, good, "Henry Hill", MOMENT);
    expect(line).toContain(`and ${good}, to which it went back, does not answer either: `);
    expect(await machine.answer()).toBeUndefined();
  }),
);

test.concurrent(
  "a bad first release leaves nothing running",
  onMachine(async (machine) => {
    for (const defect of ["reference refused", "probe refused"] as const) {
      expect(await failure(machine, await staged(machine, defect))).toContain("nothing runs");
      expect(machine.processes()).toEqual([]);
      await expect(machine.current()).rejects.toThrow("ENOENT");
    }
  }),
);
