/** The outbound endpoint: where programs on this machine ask for calls and texts, and what became of them. */
import type { Manifest } from "../../../hub/manifest.ts";
import { type AdminAnswer, type AdminPage, jsonAnswer } from "../../hosts/admin-page.ts";
import { logError, logInfo } from "../../log/log.ts";
import { isRefusal } from "../../storage/database.ts";
import type { Outbox } from "../queue/outbox.ts";
import { type OutboundRequest, outboundRequestSchema } from "../request.ts";
import { bearerCheck } from "./bearer.ts";
import { COLLECTION_PATHS } from "./collection-paths.ts";
import { RefusedRequest, refusal } from "./problem-details.ts";
import { type KeyedRequest, readRequest } from "./read-request.ts";

/** What {@link createOutboundEndpoint} is given. */
export interface EndpointSettings {
  readonly manifest: Pick<Manifest, "numbers" | "routes">;
  /** What opens the endpoint. */
  readonly token: string;
  readonly outbox: Outbox;
}

const KINDS = ["call", "message"] as const;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A database that is back takes requests at once. In seconds. */
const RETRY_AFTER = "2";

/** What a path names: all requests of a kind, or one of them. */
interface Resource {
  readonly kind: OutboundRequest["kind"];
  readonly id?: string;
}

/**
 * The endpoint: `POST` of a kind's path queues a request, `GET` of a path below shows what became of it. Without the token nothing is read
 * and nothing said. A text is taken while the gate is shut, too: the queue asks the gate when its turn comes.
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

/** A key that stands for another request is 422: https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07#section-2.7 */
async function accept(outbox: Outbox, { request, idempotencyKey }: KeyedRequest): Promise<AdminAnswer> {
  const outcome = await outbox.accept(request, idempotencyKey).catch(unavailable);
  if (outcome.kind === "conflict") {
    throw refusal(422, "the Idempotency-Key stands for another request already; use a new key for a new request");
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

/** What the database refuses for what it is would be refused again; anything else may go well the next time. */
function unavailable(error: unknown): never {
  if (isRefusal(error)) throw error;
  logError("an outbound request was not served: the database did not take it", error);
  throw refusal(503, "the database does not answer now; send the same request again, with the same Idempotency-Key", {
    headers: { "retry-after": RETRY_AFTER },
  });
}
