import { createRequire } from "node:module";
import { unknownCheckingProxy } from "@pulumi/policy";
import { specialSecretSig, specialSigKey } from "@pulumi/pulumi/runtime/rpc.js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";
import { expect, test } from "vitest";
import { z } from "zod";
import { UNKNOWN } from "../../testing/resource.ts";
import { isMarked, markedPaths } from "./secret-marks.ts";

type Deserialize = (properties: structs.Struct, keepsMarks: boolean) => Record<string, unknown>;

/** The pack's own; its types leave it out. */
const { deserializeProperties } = z
  .object({ deserializeProperties: z.custom<Deserialize>((value) => typeof value === "function") })
  .parse(createRequire(import.meta.url)("@pulumi/policy/deserialize.js"));

const marked = (value: string | string[]) => ({ [specialSigKey]: specialSecretSig, value });

/** The properties as the pack makes them of the engine's message for a remediation. */
const shown = (properties: Parameters<typeof structs.Struct.fromJavaScript>[0]) =>
  unknownCheckingProxy(deserializeProperties(structs.Struct.fromJavaScript(properties), true));

test("the marks of the engine's message are found, wherever they stand", () => {
  const props = shown({ a: marked("x"), b: "y", c: { d: [marked("x"), "y"] }, e: marked(["x"]), f: UNKNOWN });
  expect(markedPaths(props)).toEqual(["a", "c.d[0]", "e"]);
});

test("what a marked value holds is marked, and a namesake is not", () => {
  expect(["e", "e[0]", "e.f.g"].filter((path) => isMarked(path, ["e"]))).toEqual(["e", "e[0]", "e.f.g"]);
  expect(["ee", "d.e", "", "e2[0]"].filter((path) => isMarked(path, ["e"]))).toEqual([]);
});
