import { expect, test } from "vitest";
import { askAllTheTime } from "../../tools/ask-all-the-time.ts";
import { makePm2Machine } from "../support/pm2-machine.ts";
import type { Defect } from "../support/small-release.ts";

const CASES: readonly (readonly [Defect, string])[] = [
  ["probe fails", "its probe fails"],
  ["never ready", "PM2 does not have it running"],
  ["cannot start", "PM2 does not have it running"],
];

test.concurrent.each(CASES)(
  "where a release's defect is: %s, it goes back by itself, loses no request, sends an alert, and the authorisation is spent",
  async (defect, reason) => {
    const machine = await makePm2Machine();
    try {
      const [good, bad] = [await machine.build(), await machine.build(defect)];
      for (const release of [good, bad]) expect(machine.stage(release)).toMatchObject({ status: 0 });
      expect(await machine.restart(good)).toMatchObject({ status: 0 });
      const stopAsking = askAllTheTime(machine.answer);
      const { status, stderr } = await machine.restart(bad);
      const answers = await stopAsking();
      expect([...answers].filter((answer) => answer !== bad)).toEqual([good]);
      expect(status).toBe(1);
      expect(stderr).toContain(`release ${bad} was not taken: ${reason}`);
      expect(stderr).toContain(`${good} runs again; mend it and authorise again`);
      expect(stderr.trim().split("\n")).toHaveLength(1);
      expect(await machine.current()).toBe(good);
      expect(machine.processes()).toMatchObject([{ release: good, status: "online" }]);
      expect(await machine.alerts()).toEqual([expect.stringContaining(`release ${bad} was not taken`)]);

      const again = await machine.restart(bad);
      const refusal = expect.stringContaining("the attempt with it failed; authorise again");
      expect(again).toMatchObject({ status: 1, stderr: refusal });
      expect(machine.processes()).toMatchObject([{ release: good, status: "online" }]);
    } finally {
      await machine.close();
    }
  },
);

test.concurrent("a first release that is not well leaves nothing behind that runs", async () => {
  const machine = await makePm2Machine();
  try {
    const bad = await machine.build("probe fails");
    machine.stage(bad);
    const { status, stderr } = await machine.restart(bad);
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining("nothing runs") });
    expect(machine.processes()).toEqual([]);
    await expect(machine.current()).rejects.toThrow("ENOENT");
  } finally {
    await machine.close();
  }
});
