/** The check of a bearer token. Source: https://www.rfc-editor.org/rfc/rfc6750.html#section-2.1 */
import { createHash, timingSafeEqual } from "node:crypto";

/** A check of `Authorization` against a token. How long it takes tells nothing of the token: hashes are compared, all of them as long. */
export function bearerCheck(token: string): (authorization: string | undefined) => boolean {
  const expected = hashOf(token);
  return (authorization = "") => {
    const given = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    return given !== undefined && timingSafeEqual(hashOf(given), expected);
  };
}

function hashOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
