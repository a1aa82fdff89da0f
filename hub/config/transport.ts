/** How `up` reaches the machine that runs the handler. */
import { z } from "zod";
import { found, OpReference, Port } from "../values/values.ts";

const Host = z
  .string({ error: (issue) => (issue.input === undefined ? "missing" : `expected a host name; ${found(issue)}`) })
  .regex(/^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$/, {
    error: (issue) => `expected a host name or an address, without user and port; ${found(issue)}`,
  });

const User = z
  .string({ error: (issue) => (issue.input === undefined ? "missing" : `expected a user; ${found(issue)}`) })
  .regex(/^[a-z_][a-z0-9_-]{0,31}$/, { error: (issue) => `expected the name of a Unix user; ${found(issue)}` });

/** 51 bytes in base64, of which the first 19 say what it is (RFC 8709, section 4). */
const HostKey = z
  .string({ error: (issue) => (issue.input === undefined ? "missing" : "expected a public key") })
  .regex(/^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43}$/, {
    error: "expected the host's public key as ssh-keyscan -t ed25519 prints it, without the host: ssh-ed25519 AAAA…",
  });

/** The schema of `hub:transport`: this machine, or another one over SSH whose key is known before the first connection. */
export const Transport = z
  .discriminatedUnion(
    "kind",
    [
      z.strictObject({
        kind: z.literal("local"),
        /** Who runs PM2, where that is root or anybody may not run this by mistake. */
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

/** The port on which an SSH server listens by default. */
export const SSH_PORT = 22;

/**
 * The variables that say where a script runs. All scripts are local commands: a remote one of the provider cannot look at anything in a preview,
 * keeps the private key in the state, and passes variables only where the server takes them.
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

/** The user who must run the scripts; empty where the config names none. */
export function serviceUser(transport: Transport): string {
  return "user" in transport ? (transport.user ?? "") : "";
}
