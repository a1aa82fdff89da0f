import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PROJECT } from "../../../tools/cli/paths.ts";
import { projectFiles } from "../../support/rules/project-files.ts";
import { sized } from "../../support/test-form.ts";
import { settle } from "../verdict.ts";
import { JUDGED_BY_TYPES, NOT_DOCUMENTED, NOT_SERVED, WRONG_EXAMPLES } from "./beyond-documents.ts";
import { tryRefusedForms } from "./faults/accepted-forms.ts";
import { wrongAnswers } from "./faults/wrong-answers.ts";
import { wrongRequests } from "./faults/wrong-requests.ts";
import { findOperation, OPERATIONS, type Operation } from "./judge/documents.ts";
import { judgeAnswer, operationOf } from "./judge/judge-answer.ts";
import { judgeRequest } from "./judge/judge-request.ts";
import { KNOWN_ERRORS } from "./judge/known-errors.ts";
import { ANYBODY, useEverything } from "./site/account-steps.ts";
import type { Exchange } from "./site/exchange.ts";
import { provokeRefusals, REFUSED } from "./site/refusals.ts";
import { SENDERS, THROUGH } from "./site/senders.ts";
import { type Site, startSite } from "./site/site.ts";

let site: Site;
/** The exchanges of the set-up. */
let exchanges: readonly Exchange[];

beforeAll(async () => {
  site = await startSite();
  await site.during(ANYBODY, () => useEverything(site));
  for (const [file, step] of Object.entries(SENDERS)) await site.during(file, () => step(site));
  await site.during(REFUSED, () => provokeRefusals(site));
  exchanges = [...site.exchanges];
});

afterAll(() => site.close());

const isJudged = ({ method, url }: Pick<Exchange, "method" | "url">) =>
  findOperation(method, new URL(url)) !== undefined;

/** The exchanges that the documents judge. */
const judged = () => exchanges.filter(isJudged);

/** The requests among them that are meant to be right. */
const meant = () => judged().filter(({ sender }) => sender !== REFUSED);

const caseOf = (exchange: Exchange, problem: string) =>
  `${operationOf(exchange).operationId} ${exchange.status}: ${problem}`;

test("Twilio's documents agree with each request, with each answer of the loopback cloud, and with its refusals", async () => {
  const answers = judged().flatMap((exchange) => judgeAnswer(exchange).map((problem) => caseOf(exchange, problem)));
  const requests = meant().flatMap((exchange) => judgeRequest(exchange).map((problem) => caseOf(exchange, problem)));
  const { tried: forms, accepted } = await tryRefusedForms(site.cloud.twilio, meant());
  const tried = judged().length + meant().length + [...forms.values()].reduce((sum, count) => sum + count, 0);
  settle("Twilio's OpenAPI documents", { tried, differing: [...answers, ...requests, ...accepted] });
  const creates = ["CreateCall", "CreateMessage", "CreatePhoneNumber", "CreateService", "CreateUsAppToPerson"];
  expect([...forms.keys()].sort()).toEqual([...creates, "UpdateIncomingPhoneNumber", "UpdateService"]);
});

test("the documents' own examples pass too, so the judge asks for nothing that Twilio does not send", () => {
  const known = KNOWN_ERRORS.filter(({ correction }) => typeof correction === "string");
  const operations = new Set(judged().map(operationOf));
  const problems = [...operations].flatMap((operation) => {
    const url = `https://${operation.host}${operation.path.replaceAll(/\{\w+\}/g, "any")}`;
    return examplesOf(operation).flatMap(([status, example]) =>
      judgeAnswer(
        { method: operation.method, url, status, type: "application/json", body: JSON.stringify(example) },
        known,
      ).map((problem) => `${operation.operationId}: ${problem}`),
    );
  });
  expect(problems).toEqual(Object.keys(WRONG_EXAMPLES));
});

function examplesOf({ responses }: Operation): (readonly [status: number, example: unknown])[] {
  return Object.entries(responses).flatMap(([status, { content }]) => {
    const examples = Object.values(content["application/json"]?.examples ?? {});
    return examples.map(({ value }) => [Number(status), value] as const);
  });
}

test("each correction of a document is needed", () => {
  const needless = KNOWN_ERRORS.flatMap((row) =>
    row.properties.filter((property) => {
      const properties = row.properties.filter((other) => other !== property);
      const others = KNOWN_ERRORS.map((known) => (known === row ? { ...row, properties } : known));
      const concerned = judged().filter(({ status, body }) => status < 300 && body.includes(`"${property}"`));
      return !concerned.some((exchange) => judgeAnswer(exchange, others).length > 0);
    }),
  );
  expect(needless).toEqual([]);
});

/** The exchanges to make wrong: so many of each operation, status and sender. */
const PER_CASE = sized(1, Number.POSITIVE_INFINITY);

function samples(all: readonly Exchange[]): Exchange[] {
  const cases = Map.groupBy(all, (exchange) =>
    [exchange.sender, operationOf(exchange).operationId, exchange.status].join(),
  );
  return [...cases.values()].flatMap((alike) => alike.slice(0, PER_CASE));
}

test("each seeded fault is found", () => {
  const answers = samples(judged()).flatMap((exchange) => wrongAnswers(exchange, operationOf(exchange)));
  const requests = samples(meant()).flatMap(wrongRequests);
  const unfound = [
    ...answers.filter(({ exchange }) => judgeAnswer(exchange).length === 0),
    ...requests.filter(({ exchange }) => judgeRequest(exchange).length === 0),
  ];
  const tried = answers.length + requests.length;
  process.stdout.write(`Seeded faults: ${tried} tried, ${tried - unfound.length} found\n`);
  expect(
    unfound.map(({ what, exchange }) => `${operationOf(exchange).operationId} ${exchange.status} ${what}`),
  ).toEqual([]);
  expect(Math.min(answers.length, requests.length)).toBeGreaterThan(100);
});

/** A path without the names of its parameters and without the suffix of the format. */
const shapeOf = (path: string) => path.replaceAll(/\{\w+\}|:\w+/g, "*").replace(/\.json$/, "");

test("each route of the loopback cloud is in a document, and is judged when it serves and when it refuses", () => {
  const documented = site.cloud.twilio.routes.filter(({ host }) => JUDGED_BY_TYPES[host] === undefined);
  const judgments = documented.map(({ host, method, path }) => {
    const operation = OPERATIONS.find(
      (known) => known.host === host && known.method === method && shapeOf(known.path) === shapeOf(path),
    );
    const statuses = judged()
      .filter((exchange) => operationOf(exchange) === operation)
      .map(({ status }) => status);
    const serves = statuses.some((status) => status < 300);
    return [
      `${method} ${path}`,
      { known: operation !== undefined, serves, refuses: statuses.some((status) => status >= 400) },
    ];
  });
  expect(judgments.length).toBeGreaterThan(20);
  const whole = { known: true, serves: true, refuses: true };
  expect(Object.fromEntries(judgments)).toEqual(Object.fromEntries(judgments.map(([route]) => [route, whole])));
});

test("what no document has is listed, and so is what the loopback cloud does not serve", () => {
  const requests = exchanges.filter(
    (exchange) => !isJudged(exchange) && JUDGED_BY_TYPES[new URL(exchange.url).hostname] === undefined,
  );
  const rowOf = ({ method, url }: Exchange) =>
    NOT_DOCUMENTED.findIndex((row) => row.method === method && row.path.test(new URL(url).pathname));
  expect([...new Set(requests.map(rowOf))].sort()).toEqual(NOT_DOCUMENTED.map((_, at) => at));
  const served = site.cloud.twilio.routes.map(({ method, path }) => `${method} ${shapeOf(path)}`);
  const used = meant()
    .map(operationOf)
    .filter(({ method, path }) => !served.includes(`${method} ${shapeOf(path)}`));
  expect([...new Set(used.map(({ operationId }) => operationId))].sort()).toEqual(Object.keys(NOT_SERVED).sort());
});

/** The marks of a file that talks to Twilio's API: one of its URLs, the handler's way to it, or the library. */
const TALKS = /https:\/\/(api|messaging)\.twilio\.com\/|\brequestTwilio\b|\bTwilioClient\b|from "twilio"/;

test("each file that talks to Twilio's API sent requests here", () => {
  const isProduct = (file: string) =>
    /^(handlers|hub|infra|policies|tools|loopback\/engine)\/.*\.ts$/.test(file) && !file.endsWith(".test.ts");
  const files = projectFiles(isProduct).filter((file) => TALKS.test(readFileSync(join(PROJECT, file), "utf8")));
  expect(files.sort()).toEqual([...Object.keys(SENDERS), ...Object.keys(THROUGH)].sort());
  const silent = Object.keys(SENDERS).filter((file) => !exchanges.some(({ sender }) => sender === file));
  expect(silent).toEqual([]);
});
