import { expect, test } from "vitest";
import { E164 } from "../../../hub/values/values.ts";
import { PASSING_GATES } from "../../../loopback/pre-send-gates.ts";
import { UNIMPLEMENTED_GATES } from "./create-pre-send-gates.ts";
import { PRE_SEND_GATES, type PreSendGate, type PreSendGates, preSendProblem } from "./pre-send-gates.ts";

const TEXT = {
  kind: "message",
  to: E164.parse("+12135550100"),
  from: E164.parse("+19497798471"),
  body: "Hello.",
} as const;

/** Gates with a wrong answer that the compiler would refuse. */
function broken(answer: () => unknown): PreSendGates {
  const gates = { ...PASSING_GATES };
  Reflect.set(gates, "blast-safety", answer);
  return gates;
}

const withGate = (gate: PreSendGate): PreSendGates => ({ ...PASSING_GATES, "blast-safety": gate });

test("the five gates are those of the domain document, in its order", () => {
  expect(PRE_SEND_GATES).toEqual([
    "gate-computer",
    "compliance-gate",
    "blast-safety",
    "thread-context",
    "response-generator",
  ]);
});

test("a text that passes all five may leave, and the gates see it in order", async () => {
  const asked: unknown[] = [];
  const gates = Object.fromEntries(
    PRE_SEND_GATES.map((name) => [
      name,
      async (...args: unknown[]) => {
        asked.push([name, args[0]]);
        return { passed: true };
      },
    ]),
  );
  expect(await preSendProblem({ ...PASSING_GATES, ...gates }, TEXT)).toBeUndefined();
  expect(asked).toEqual(PRE_SEND_GATES.map((name) => [name, TEXT]));
});

test.each(PRE_SEND_GATES)("%s alone can block, and no later gate runs", async (name) => {
  const asked: string[] = [];
  const spied = PRE_SEND_GATES.map((each) => [
    each,
    async () => {
      asked.push(each);
      return each === name ? { passed: false, reason: "not today" } : { passed: true };
    },
  ]);
  expect(await preSendProblem({ ...PASSING_GATES, ...Object.fromEntries(spied) }, TEXT)).toBe(`${name}: not today`);
  expect(asked).toEqual(PRE_SEND_GATES.slice(0, PRE_SEND_GATES.indexOf(name) + 1));
});

test("each unimplemented gate blocks", async () => {
  for (const name of PRE_SEND_GATES) {
    const gates = { ...PASSING_GATES, [name]: UNIMPLEMENTED_GATES[name] };
    expect(await preSendProblem(gates, TEXT)).toBe(`${name}: not implemented`);
  }
});

test.each<[string, () => unknown]>([
  ["nothing", async () => undefined],
  ["true", async () => true],
  ["a word", async () => "passed"],
  ["no verdict", async () => ({})],
  ["a verdict other than true", async () => ({ passed: 1 })],
  ["a verdict in quotes", async () => ({ passed: "true" })],
  ["more than a verdict", async () => ({ passed: true, reason: "but" })],
  ["a list", async () => [{ passed: true }]],
  ["a block without a reason", async () => ({ passed: false })],
])("a gate that answers %s blocks", async (_what, answer) => {
  expect(await preSendProblem(broken(answer), TEXT)).toBe("blast-safety: its answer is not a verdict");
});

test("a gate that throws or rejects blocks, and its error is not shown", async () => {
  const thrown = broken(() => {
    throw new Error(`cannot text ${TEXT.to}`);
  });
  const rejected = broken(async () => Promise.reject(`cannot text ${TEXT.to}`));
  const trap = new Proxy(PASSING_GATES, {
    get: () => {
      throw new Error("no gates");
    },
  });
  expect(await preSendProblem(thrown, TEXT)).toBe("blast-safety: it failed");
  expect(await preSendProblem(rejected, TEXT)).toBe("blast-safety: it failed");
  expect(await preSendProblem(trap, TEXT)).toBe("gate-computer: it failed");
});

test.each([undefined, null, {}, "passed"])("a gate that is missing at run time blocks: %o", async (gate) => {
  const gates = { ...PASSING_GATES };
  Reflect.set(gates, "thread-context", gate);
  expect(await preSendProblem(gates, TEXT)).toBe("thread-context: it is missing");
  Reflect.deleteProperty(gates, "thread-context");
  expect(await preSendProblem(gates, TEXT)).toBe("thread-context: it is missing");
});

test("a gate that takes too long blocks, its signal is aborted, and its late failure has no effect", async () => {
  const { promise, reject } = Promise.withResolvers<{ passed: true }>();
  let told: AbortSignal | undefined;
  const slow: PreSendGate = (_text, signal) => {
    told = signal;
    return promise;
  };
  expect(await preSendProblem(withGate(slow), TEXT, 20)).toBe("blast-safety: no verdict within 20 ms");
  expect(told?.aborted).toBe(true);
  reject(new Error("late"));
  await promise.catch(() => undefined);
});

test("a gate that blocks the event loop for too long blocks the text", async () => {
  const busy: PreSendGate = async () => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
    return { passed: true };
  };
  expect(await preSendProblem(withGate(busy), TEXT, 20)).toBe("blast-safety: no verdict within 20 ms");
});

test.each([Number.NaN, -1, Number.POSITIVE_INFINITY])("an invalid time limit blocks: %d", async (timeoutMs) => {
  expect(await preSendProblem(PASSING_GATES, TEXT, timeoutMs)).toBe("gate-computer: it failed");
});

test("a reason is one bounded line", async () => {
  const wordy: PreSendGate = async () => ({ passed: false, reason: `two\nlines ${"x".repeat(1000)}` });
  const problem = await preSendProblem(withGate(wordy), TEXT);
  expect(problem).toMatch(/^blast-safety: two lines x+$/);
  expect(problem?.length).toBeLessThanOrEqual(300);
});
