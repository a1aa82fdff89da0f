import { createRequire } from "node:module";
import { unknownCheckingProxy } from "@pulumi/policy";
import { specialSecretSig, specialSigKey } from "@pulumi/pulumi/runtime/rpc.js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";
import { expect, test } from "vitest";
import { z } from "zod";
import { UNKNOWN } from "../../testing/resource.ts";
import { isMarked, markedPaths } from "./secret-marks.ts";

type Deserialize = (properties: structs.Struct, keepsMarks: boolean) => Record<string, unknown>;

/** Internal to @pulumi/policy, so its types lack it. */
const { deserializeProperties } = z
  .object({ deserializeProperties: z.custom<Deserialize>((value) => typeof value === "function") })
  .parse(createRequire(import.meta.url)("@pulumi/policy/deserialize.js"));

const marked = (value: string | string[]) => ({ [specialSigKey]: specialSecretSig, value });

/** The properties that the pack makes from the engine's message for a remediation. */
const shown = (properties: Parameters<typeof structs.Struct.fromJavaScript>[0]) =>
  unknownCheckingProxy(deserializeProperties(structs.Struct.fromJavaScript(properties), true));

test("the marks in the engine's message are found at any depth", () => {
  const props = shown({ a: marked("x"), b: "y", c: { d: [marked("x"), "y"] }, e: marked(["x"]), f: UNKNOWN });
  expect(markedPaths(props)).toEqual(["a", "c.d[0]", "e"]);
});

test("everything within a marked value is marked, and a path with the same beginning is not", () => {
  expect(["e", "e[0]", "e.f.g"].filter((path) => isMarked(path, ["e"]))).toEqual(["e", "e[0]", "e.f.g"]);
  expect(["ee", "d.e", "", "e2[0]"].filter((path) => isMarked(path, ["e"]))).toEqual([]);
});
