/** Certificates in PEM (RFC 7468). */
import { X509Certificate } from "node:crypto";

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]+-----END \1-----/g;

/**
 * The reason why a text is not a file of certificates, or undefined if it is one. A release carries such a file, so nothing secret may be in it. Text around
 * the certificates is allowed, as in the files of many authorities.
 */
export function certificatesProblem(text: string): string | undefined {
  const blocks = [...text.matchAll(BLOCK)].map(([pem, label]) => ({ pem, label }));
  const other = blocks.find(({ label }) => label !== "CERTIFICATE");
  if (other !== undefined || text.includes("PRIVATE KEY")) {
    return "expected only certificates, and found something else in PEM; remove it, and if it is a private key, replace the key";
  }
  if (blocks.length === 0) return "expected a certificate in PEM, which begins with -----BEGIN CERTIFICATE-----";
  return blocks.every(({ pem }) => isCertificate(pem))
    ? undefined
    : "a certificate in it cannot be read; get the file again";
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}
