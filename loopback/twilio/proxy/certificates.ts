/** The proxy's certificates for Twilio's hosts. They exist only in this process. */
import { generate } from "selfsigned";

/** The certificate of an authority, and a server's key and certificate signed by it; all in PEM. */
export interface Certificates {
  readonly ca: string;
  readonly key: string;
  readonly cert: string;
}

/**
 * Makes a certificate authority and one server certificate for all the hosts. Node's TLS and Go's crypto/x509 accept the
 * certificate once they trust the authority. The authority's key is discarded, so it can sign nothing else.
 */
export async function makeCertificates(hosts: readonly string[]): Promise<Certificates> {
  // A client whose clock is a little slow must accept the certificate too.
  const notBeforeDate = new Date(Date.now() - 60 * 60 * 1000);
  const shared = { keyType: "ec" as const, algorithm: "sha256", notBeforeDate };
  const ca = await generate([{ name: "commonName", value: "Loopback cloud test CA" }], {
    ...shared,
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: "commonName", value: hosts[0] ?? "localhost" }], {
    ...shared,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: hosts.map((value) => ({ type: 2, value })) },
    ],
  });
  return { ca: ca.cert, key: server.private, cert: server.cert };
}
