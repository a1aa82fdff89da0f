/** The outbound endpoint: programs on this machine request calls and texts here, and read their status. */
import type { Manifest } from "../../../hub/manifest.ts";
import { type AdminAnswer, type AdminPage, jsonAnswer } from "../../hosts/admin-page.ts";
import { logError, logInfo } from "../../log/log.ts";
import { isRefusal } from "../../storage/database-fault.ts";
import type { Outbox } from "../queue/outbox.ts";
import { type OutboundRequest, outboundRequestSchema } from "../request.ts";
import { bearerCheck } from "./bearer.ts";
import { COLLECTION_PATHS } from "./collection-paths.ts";
import { RefusedRequest, refusal } from "./problem-details.ts";
import { type KeyedRequest, readRequest } from "./read-request.ts";

/** The settings of {@link createOutboundEndpoint}. */
export interface EndpointSettings {
  readonly manifest: Pick<Manifest, "numbers" | "routes">;
  /** The bearer token that every request must carry. */
  readonly token: string;
  readonly outbox: Outbox;
}

const KINDS = ["call", "message"] as const;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The `Retry-After` of a 503, in seconds. Short, because a database that is back takes requests at once. */
const RETRY_AFTER = "2";

/** The resource that a path names: all requests of a kind, or one of them. */
interface Resource {
  readonly kind: OutboundRequest["kind"];
  readonly id?: string;
}

/**
 * Makes the endpoint. `POST` to a kind's path queues a request; `GET` of a path below it shows the status. Without the token the endpoint
 * reads nothing and reveals nothing. It also takes a text while the gate is shut: the sender asks the gate when the text's turn comes.
 */
export function createOutboundEndpoint({ manifest, token, outbox }: EndpointSettings): AdminPage {
  const isAuthorized = bearerCheck(token);
  const schema = outboundRequestSchema(manifest);
  const answer: AdminPage = async (asked) => {
    if (!isAuthorized(asked.headers.authorization)) {
      throw refusal(401, undefined, { headers: { "www-authenticate": "Bearer" } });
    }
    const { kind, id } = resourceOf(asked.path);
    if (id === undefined) {
      requireMethod(asked.method, ["POST"]);
      return accept(outbox, await readRequest(asked, kind, { schema, token }));
    }
    requireMethod(asked.method, ["GET", "HEAD"]);
    return show(outbox, kind, id);
  };
  return (asked) =>
    answer(asked).catch((error: unknown) => {
      if (error instanceof RefusedRequest) return error.answer;
      throw error;
    });
}

function resourceOf(path: string): Resource {
  for (const kind of KINDS) {
    if (path === COLLECTION_PATHS[kind]) return { kind };
    const id = path.startsWith(`${COLLECTION_PATHS[kind]}/`) ? path.slice(COLLECTION_PATHS[kind].length + 1) : "";
    if (ID.test(id)) return { kind, id };
  }
  throw refusal(
    404,
    `expected ${KINDS.map((kind) => COLLECTION_PATHS[kind]).join(" or ")}, or an id below one of them`,
  );
}

function requireMethod(method: string, allowed: readonly string[]): void {
  if (allowed.includes(method)) return;
  const allow = allowed.join(", ");
  throw refusal(405, `expected ${allow}`, { headers: { allow } });
}

/**
 * Queues a request. A key that was used for a different request is a 422.
 * Source: https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07#section-2.7
 */
async function accept(outbox: Outbox, { request, idempotencyKey }: KeyedRequest): Promise<AdminAnswer> {
  const outcome = await outbox.accept(request, idempotencyKey).catch(unavailable);
  if (outcome.kind === "conflict") {
    throw refusal(
      422,
      "this Idempotency-Key was already used for a different request; use a new key for a new request",
    );
  }
  const { id } = outcome;
  logInfo("outbound request", { kind: request.kind, id, repeated: outcome.kind === "repeated" });
  return jsonAnswer(202, { id, state: "queued" }, { location: `${COLLECTION_PATHS[request.kind]}/${id}` });
}

async function show(outbox: Outbox, kind: Resource["kind"], id: string): Promise<AdminAnswer> {
  const status = await outbox.read(id).catch(unavailable);
  if (status?.kind === kind) return jsonAnswer(200, status);
  throw refusal(404, `no ${kind} has this id`);
}

/** Throws a 503, unless the database refused the statement itself: a retry would fail again, so that error is thrown as it is. */
function unavailable(error: unknown): never {
  if (isRefusal(error)) throw error;
  logError("an outbound request was not served: the database is not available", error);
  throw refusal(503, "the database is not available; send the same request again, with the same Idempotency-Key", {
    headers: { "retry-after": RETRY_AFTER },
  });
}
