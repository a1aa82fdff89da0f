import { expect, test } from "vitest";
import { previewOptions } from "./checked-plan.ts";

test("what only up takes is left out of its preview, with its value", () => {
  const args = [
    "--yes",
    "-y",
    "-yf",
    "--skip-preview=true",
    "--secrets-provider",
    "x",
    "--plan=p",
    "--json",
    "--strict",
  ];
  expect(previewOptions([...args, "--expect-no-changes"])).toEqual([]);
});

test("what a plan depends on is kept", () => {
  const args = [
    "--stack",
    "prod",
    "-s",
    "prod",
    "--target",
    "urn:a",
    "--replace",
    "urn:b",
    "--refresh=false",
    "-c",
    "a=b",
  ];
  expect(previewOptions(args)).toEqual(args);
});
