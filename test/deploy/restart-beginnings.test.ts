/** The state that a restart finds: a process that somebody else started, or the remains of a killed restart. */
import { readdir, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { makeKillers } from "../support/machine/killers.ts";
import { makePm2Machine } from "../support/machine/pm2-machine.ts";

test.concurrent("a process of the same name that no restart started is not touched, and the attempt is not spent", async () => {
  const machine = await makePm2Machine();
  try {
    const release = await machine.build();
    machine.stage(release);
    const byHand = join(machine.folder, "by-hand.cjs");
    const server = 'require("node:http").createServer((_request, response) => response.end("by hand"))';
    await writeFile(byHand, `${server}.listen(${machine.port}, "127.0.0.1");`);
    machine.pm2("start", byHand, "--name", "twilio");
    await expect.poll(machine.answer, { timeout: 10_000 }).toBe("by hand");
    const [before] = machine.processes();

    const { status, stderr } = await machine.restart(release);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/^hub:handler\.process: .*by-hand\.cjs in fork_mode.*run pm2 delete twilio.*\n$/),
    });
    expect(machine.processes()).toEqual([before]);
    expect(await machine.answer()).toBe("by hand");
    expect(await readdir(machine.releases)).not.toContain(".authorisations");

    machine.pm2("delete", "twilio");
    expect(await machine.restart(release)).toMatchObject({ status: 0, stderr: "" });
    expect(await machine.answer()).toBe(release);
  } finally {
    await machine.close();
  }
});

test.concurrent("a release of ours that runs without the link current is not touched", async () => {
  const machine = await makePm2Machine();
  try {
    const [first, second] = [await machine.build(), await machine.build("probe refused")];
    for (const release of [first, second]) machine.stage(release);
    await machine.restart(first);
    await rm(join(machine.releases, "current"));
    const refusal = expect.stringContaining("current is missing");
    expect(await machine.restart(second)).toMatchObject({ status: 1, stderr: refusal });
    expect(await machine.answer()).toBe(first);
  } finally {
    await machine.close();
  }
});

test.concurrent("after a killed attempt, another failed one goes back to the release that ran before both", async () => {
  const machine = await makePm2Machine();
  try {
    const good = await machine.build();
    const [first, second] = [await machine.build("probe refused"), await machine.build("probe refused")];
    for (const release of [good, first, second]) machine.stage(release);
    expect(await machine.restart(good)).toMatchObject({ status: 0 });
    const bin = await makeKillers(machine.folder, ["node *probe"], 1);
    const PATH = [bin, machine.environment.PATH].join(delimiter);
    expect(await machine.restart(first, "Henry Hill", { PATH })).toMatchObject({ status: 137 });
    expect(await machine.current()).toBe(first);

    const { status, stderr } = await machine.restart(second);
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining(`${good} runs again`) });
    expect(await machine.current()).toBe(good);
    expect(await machine.answer()).toBe(good);
    const over = expect.stringContaining("the attempt with it failed");
    expect(await machine.restart(first)).toMatchObject({ status: 1, stderr: over });
  } finally {
    await machine.close();
  }
});

test.concurrent("of two restarts at once, one waits for the other, and finds its authorisation carried out", async () => {
  const machine = await makePm2Machine();
  try {
    const release = await machine.build();
    machine.stage(release);
    const ends = await Promise.all([machine.restart(release), machine.restart(release)]);
    expect(ends.map(({ status, stdout }) => [status, stdout]).sort()).toEqual([
      [0, `${release} runs\n`],
      [0, "this authorisation was carried out\n"],
    ]);
    expect(machine.processes()).toMatchObject([{ release, status: "online" }]);
  } finally {
    await machine.close();
  }
});
