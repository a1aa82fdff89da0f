import { randomUUIDv7 } from "node:crypto";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH = 26;

/** Makes an ID: the type, and a UUIDv7 in 26 characters of base 32 (https://github.com/jetify-com/typeid). */
export function newTypeId(type: string): string {
  let left = BigInt(`0x${randomUUIDv7().replaceAll("-", "")}`);
  let suffix = "";
  for (let place = 0; place < LENGTH; place += 1) {
    suffix = `${ALPHABET[Number(left & 31n)]}${suffix}`;
    left >>= 5n;
  }
  return `${type}_${suffix}`;
}
