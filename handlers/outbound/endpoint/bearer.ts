/** The check of a bearer token. Source: https://www.rfc-editor.org/rfc/rfc6750.html#section-2.1 */
import { createHash, timingSafeEqual } from "node:crypto";

/**
 * Makes a check of the `Authorization` header against a token. The check compares hashes of equal length in constant time, so its duration
 * reveals nothing about the token.
 */
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
