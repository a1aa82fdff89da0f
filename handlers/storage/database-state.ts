/** The condition of the database, from the last contact with it. */
import { logError, logInfo } from "../log/log.ts";
import { faultOf, reasonOf } from "./database-fault.ts";

/**
 * - `up`: the last contact succeeded.
 * - `down`: the database did not answer in time, or not at all. It comes back by itself.
 * - `refuses`: the database is there but refuses the handler (`mistake` of `faultOf`), until a person corrects that.
 *
 * `reason` is one line without a secret or a caller's data.
 */
export type DatabaseCondition =
  | { readonly state: "up" }
  | { readonly state: "down" | "refuses"; readonly reason: string };

/** The condition of a database, as one process sees it. */
export interface DatabaseState {
  current(): DatabaseCondition;
  /** Records a contact: the error, or `undefined` if it worked. */
  note(failure: unknown): void;
}

/** Makes a state. Until the first contact, the database counts as up. Each change is logged once. */
export function createDatabaseState(): DatabaseState {
  let condition: DatabaseCondition = { state: "up" };
  return {
    current: () => condition,
    note: (failure) => {
      const before = condition.state;
      condition = failure === undefined ? { state: "up" } : conditionOf(failure);
      if (condition.state === before) return;
      if (condition.state === "up") logInfo("the database is back");
      else if (condition.state === "down") logError("the database is away", failure);
      else logError("the database refuses the handler; run `node handler.mjs check`", failure);
    },
  };
}

/** The condition that an error shows. */
export function conditionOf(failure: unknown): DatabaseCondition {
  return { state: faultOf(failure) === "mistake" ? "refuses" : "down", reason: reasonOf(failure) };
}
