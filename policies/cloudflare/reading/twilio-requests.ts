import { canonicalHostname } from "../../../hub/hosts/ingress.ts";
import type { Manifest } from "../../../hub/manifest.ts";
import { isRouted } from "../../../hub/urls/routes.ts";
import type { KnownRequest } from "./cloudflare-expression.ts";

/** Every request that Twilio may send through the tunnel. */
export function twilioRequests(manifest: Manifest): KnownRequest[] {
  return manifest.routes.filter(isRouted).map(({ path }) => ({ host: canonicalHostname(manifest), path }));
}
