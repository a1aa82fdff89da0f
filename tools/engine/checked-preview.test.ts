import { expect, test } from "vitest";
import { previewOptions } from "./checked-preview.ts";

test("options that only up takes are left out of its preview, with their values", () => {
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

test("options that the plan depends on are kept", () => {
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
