/** Conflicts that no single key shows: two entries that claim the same number, port, path or host. */

import { senderKind } from "../gate/sender-kind.ts";
import { isLoopbackPort } from "../values/ingress-service.ts";
import { found } from "../values/values.ts";
import type { Conflict } from "./conflict.ts";
import type { HubKeys } from "./keys.ts";
import { signingConflicts } from "./signing-conflicts.ts";

/** Every conflict of a config whose keys are each well-formed. */
export function conflicts(config: HubKeys): Conflict[] {
  return [
    ...repeatedNumbers(config),
    ...repeatedMounts(config),
    ...repeatedSiblings(config),
    ...portConflicts(config),
    ...hostConflicts(config),
    ...agentConflicts(config),
    ...transportConflicts(config),
    ...signingConflicts(config),
    ...tollfreeConflicts(config),
  ];
}

function repeatedNumbers({ numbers }: HubKeys): Conflict[] {
  return (["sid", "number", "name"] as const).flatMap((key) =>
    repeated(numbers, key, (index) => ["numbers", index, key]),
  );
}

function repeatedMounts({ hosts }: HubKeys): Conflict[] {
  const mounts = hosts.funnel.mounts.map((mount) => ({ mount }));
  return repeated(mounts, "mount", (index) => ["hosts", "funnel", "mounts", index]);
}

function repeatedSiblings({ siblings }: HubKeys): Conflict[] {
  const rules = siblings.flatMap((sibling, i) =>
    sibling.rules.map(({ hostname, path }, j) => ({
      rule: `${hostname ?? "*"} ${path ?? "*"}`,
      at: ["siblings", i, "rules", j],
    })),
  );
  const services = siblings.flatMap((sibling, i) =>
    (sibling.services ?? []).map((service, j) => ({ service, at: ["siblings", i, "services", j] })),
  );
  return [
    ...repeated(siblings, "name", (index) => ["siblings", index, "name"]),
    ...repeated(
      services.map(({ service }) => ({ service })),
      "service",
      (index) => services[index]?.at ?? [],
    ),
    ...repeated(
      rules.map(({ rule }) => ({ rule })),
      "rule",
      (index) => rules[index]?.at ?? [],
    ),
  ];
}

/** The handler's ports are its own on its machine. The same port of another machine may be a sibling's. */
function portConflicts({ handler, siblings }: HubKeys): Conflict[] {
  const taken = (["port", "adminPort"] as const).flatMap((key) =>
    siblings.flatMap(({ name, port, services = [] }, index) => {
      const message = `port ${handler[key]} of ${name} is the hub's own (hub:handler.${key})`;
      const claimed = services.flatMap((service, at) => (isLoopbackPort(service, handler[key]) ? [at] : []));
      return [
        ...(port === handler[key] ? [{ path: ["siblings", index, "port"], message }] : []),
        ...claimed.map((at) => ({ path: ["siblings", index, "services", at], message })),
      ];
    }),
  );
  if (handler.adminPort !== handler.port) return taken;
  const message = `port ${handler.port} is the webhooks' (hub:handler.port); choose another`;
  return [...taken, { path: ["handler", "adminPort"], message }];
}

function hostConflicts({ hosts }: HubKeys): Conflict[] {
  if (String(hosts.canonical.url) !== String(hosts.funnel.url)) return [];
  return [{ path: ["hosts", "funnel", "url"], message: "is the canonical host's URL" }];
}

function agentConflicts({ numbers, voice }: HubKeys): Conflict[] {
  const own = numbers.find(({ number }) => number === voice.agent);
  if (own === undefined) return [];
  const message = `${voice.agent} is the hub's own number ${own.name} (hub:numbers), so a call would dial itself`;
  return [{ path: ["voice", "agent"], message }];
}

/** A record of a number that the hub does not have would approve nothing, without any message. */
function tollfreeConflicts({ numbers, tollfree }: HubKeys): Conflict[] {
  if (tollfree === undefined) return [];
  const own = numbers.map(({ number }) => number).filter((number) => senderKind(number) === "toll-free");
  if (own.includes(tollfree.number)) return [];
  const message = `expected a toll-free number of hub:numbers: ${own.join(", ") || "it has none"}; ${found({ input: tollfree.number })}`;
  return [{ path: ["tollfree", "number"], message }];
}

/** Over SSH there is no project folder on the other machine that a relative path could start from. */
function transportConflicts({ transport, handler }: HubKeys): Conflict[] {
  if (transport.kind === "local") return [];
  return (["releases", "gateFile"] as const)
    .filter((key) => !handler[key].startsWith("/"))
    .map((key) => ({
      path: ["handler", key],
      message: `expected an absolute path, since hub:transport is ${transport.kind}; ${found({ input: handler[key] })}`,
    }));
}

function repeated<Key extends string>(
  items: readonly Readonly<Record<Key, string>>[],
  key: Key,
  at: (index: number) => (string | number)[],
): Conflict[] {
  const seen = new Map<string, number>();
  const clashes: Conflict[] = [];
  for (const [index, item] of items.entries()) {
    const first = seen.get(item[key]);
    if (first === undefined) seen.set(item[key], index);
    else
      clashes.push({
        path: at(index),
        message: `duplicate ${key}: entry ${first} has it too; ${found({ input: item[key] })}`,
      });
  }
  return clashes;
}
