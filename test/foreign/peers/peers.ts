/** Every peer. */
import { EMULATE } from "./emulate.ts";
import { OPENCLAW_CALLS } from "./openclaw-calls.ts";
import { OPENCLAW_SIGNATURES } from "./openclaw-signatures.ts";
import { OPENCLAW_STORAGE } from "./openclaw-storage.ts";
import { OPENCLAW_TEXTS } from "./openclaw-texts.ts";
import type { Peer, PeerCase } from "./peer-case.ts";
import { STANDARD_WEBHOOKS, STRIPE, SVIX } from "./signed-webhooks.ts";

export const PEERS: readonly Peer[] = [
  OPENCLAW_SIGNATURES,
  OPENCLAW_CALLS,
  OPENCLAW_TEXTS,
  OPENCLAW_STORAGE,
  EMULATE,
  SVIX,
  STANDARD_WEBHOOKS,
  STRIPE,
];

/** The cases of all peers. */
export const PEER_CASES: readonly PeerCase[] = PEERS.flatMap(({ cases }) => Object.values(cases).flat());

/** A case that applies, and that this project decides otherwise. */
export interface PeerDifference {
  readonly case: string;
  readonly reason: string;
}

/** The cases that this project decides otherwise. */
export const PEER_DIFFERENCES: readonly PeerDifference[] = PEER_CASES.flatMap(({ case: name, test, reason }) =>
  test === undefined || reason === undefined ? [] : [{ case: name, reason }],
);
