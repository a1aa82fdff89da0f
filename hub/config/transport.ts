/** How `up` reaches the machine that runs the handler. */
import { z } from "zod";
import { expected, expectedUnshown, OpReference, Port } from "../values/values.ts";

const Host = z.string({ error: expected("a host name") }).regex(/^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$/, {
  error: expected("a host name or an address, without user and port"),
});

const User = z
  .string({ error: expected("a user") })
  .regex(/^[a-z_][a-z0-9_-]{0,31}$/, { error: expected("the name of a Unix user") });

/** 51 bytes in base64. The first 19 name the key's type (RFC 8709, section 4). */
const HostKey = z
  .string({ error: expectedUnshown("a public key") })
  .regex(/^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43}$/, {
    error: "expected the host's public key as ssh-keyscan -t ed25519 prints it, without the host: ssh-ed25519 AAAA…",
  });

/** The schema of `hub:transport`: this machine, or another one over SSH. Its host key is known before the first connection. */
export const Transport = z
  .discriminatedUnion(
    "kind",
    [
      z.strictObject({
        kind: z.literal("local"),
        /** The user that runs PM2. Required if that is root; otherwise it stops anyone else from running the scripts by mistake. */
        user: User.exactOptional(),
      }),
      z.strictObject({
        kind: z.literal("ssh"),
        host: Host,
        port: Port.exactOptional(),
        user: User,
        privateKey: OpReference,
        hostKey: HostKey,
      }),
    ],
    { error: "expected kind: local or kind: ssh" },
  )
  .default({ kind: "local" });
export type Transport = z.infer<typeof Transport>;

/** The default port of an SSH server. */
export const SSH_PORT = 22;

/**
 * The variables that say where a script runs. All scripts are local commands. A remote command of the provider cannot run in a preview, keeps
 * the private key in the state, and passes variables only if the server accepts them.
 */
export function transportVariables(transport: Transport): Readonly<Record<string, string>> {
  if (transport.kind === "local") return { HUB_TRANSPORT: "local" };
  return {
    HUB_TRANSPORT: "ssh",
    HUB_SSH_HOST: transport.host,
    HUB_SSH_HOST_KEY: transport.hostKey,
    HUB_SSH_KEY: transport.privateKey,
    HUB_SSH_PORT: String(transport.port ?? SSH_PORT),
    HUB_SSH_USER: transport.user,
  };
}

/** The user that must run the scripts; empty if the config names none. */
export function serviceUser(transport: Transport): string {
  return "user" in transport ? (transport.user ?? "") : "";
}
