/**
 * The target of an ingress rule, in every form that cloudflared takes.
 * Source: https://github.com/cloudflare/cloudflared/blob/2026.8.2/ingress/ingress.go, `validateIngress`
 */
import { readAddress } from "./service-address.ts";

/** Forms without a host: a socket, a fixed status, and cloudflared's own services. */
const OTHERS: readonly RegExp[] = [
  /^unix(?:\+tls)?:\S.*$/,
  /^http_status:[1-9]\d\d$/,
  /^(?:hello_world|hello-world|socks-proxy|bastion)$/,
];

/** Whether a text is the service of an ingress rule. A user or a password is a credential, and refused; so is what looks like one, and a blank. */
export function isIngressService(text: string): boolean {
  if (OTHERS.some((form) => form.test(text))) return true;
  return readAddress(text)?.path === "" && !/[\s@]|^unix:/i.test(text);
}

/** The port of a service, or undefined if it names none (`http_status:404`, `unix:/run/forms.sock`, `bastion`). */
export function servicePort(service: string): number | undefined {
  const { path, port = "" } = readAddress(service) ?? {};
  return path !== "" || port === "" ? undefined : Number(port);
}

/** Whether a service is a port of the machine that runs cloudflared. */
export function isLoopbackPort(service: string, port: number): boolean {
  return servicePort(service) === port && LOOPBACK_HOST.test(hostOf(service));
}

/** `localhost`, 127.0.0.0/8 and ::1 (RFC 6761, RFC 1122, RFC 4291). */
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** The host in lower case. `URL` writes an address in its shortest form for these schemes: `127.1` is 127.0.0.1, `[0:0:0:0:0:0:0:1]` is [::1]. */
function hostOf(service: string): string {
  const authority = service.replace(/^[^:]*:\/\//, "");
  return URL.canParse(`http://${authority}`) ? new URL(`http://${authority}`).hostname : "";
}
