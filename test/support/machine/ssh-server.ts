/** A real SSH server on 127.0.0.1. It runs each command with /bin/sh, as the user who runs the tests. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import ssh2, { type AuthContext, type Connection, type ServerChannel } from "ssh2";

/** A key pair in OpenSSH's format. */
export interface KeyPair {
  readonly private: string;
  /** The type and the key, without a comment. */
  readonly public: string;
}

/** A running server. */
export interface SshServer {
  readonly port: number;
  /** The host key for a client to pin, `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
  close(): Promise<void>;
}

/** Makes a key pair. */
export async function makeKeyPair(folder: string, name: string): Promise<KeyPair> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, name);
  spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file]);
  const [type, digits] = (await readFile(`${file}.pub`, "utf8")).split(" ");
  return { private: await readFile(file, "utf8"), public: `${type} ${digits}` };
}

/**
 * Starts the server.
 *
 * @param folder the folder for the host key, and each command's working directory
 * @param client the only public key that it accepts, in OpenSSH's format
 * @param environment the whole environment of each command
 */
export async function startSshServer(
  folder: string,
  client: string,
  environment: Readonly<Record<string, string>>,
): Promise<SshServer> {
  const host = await makeKeyPair(folder, "host-key");
  const connections = new Set<Connection>();
  const children: ChildProcess[] = [];
  const server = new ssh2.Server({ hostKeys: [host.private] }, (connection) => {
    connections.add(connection);
    connection.on("close", () => connections.delete(connection));
    // The client disconnected, or refused the host key.
    connection.on("error", () => undefined);
    connection.on("authentication", (context) =>
      isAllowed(context, client) ? context.accept() : context.reject(["publickey"]),
    );
    connection.on("session", (accept) => {
      accept().on("exec", (acceptExec, _reject, { command }) => {
        children.push(run(command, acceptExec(), folder, environment));
      });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the SSH server listens on no port");
  const { port } = address;
  return {
    port,
    hostKey: host.public,
    close: async () => {
      // As with any SSH server, a command goes on after its client has disconnected.
      for (const { pid, exitCode } of children)
        if (pid !== undefined && exitCode === null) process.kill(-pid, "SIGKILL");
      for (const connection of connections) connection.end();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function isAllowed(context: AuthContext, client: string): boolean {
  if (context.method !== "publickey") return false;
  const key = ssh2.utils.parseKey(client);
  if (key instanceof Error || !key.getPublicSSH().equals(context.key.data)) return false;
  // Without a signature the client only asks whether the key is acceptable.
  if (context.signature === undefined || context.blob === undefined) return true;
  return key.verify(context.blob, context.signature, context.hashAlgo) === true;
}

function run(command: string, channel: ServerChannel, cwd: string, env: Readonly<Record<string, string>>) {
  const child = spawn("/bin/sh", ["-c", command], { cwd, env, detached: true });
  channel.pipe(child.stdin);
  // The command may end before it has read all its input.
  child.stdin.on("error", () => undefined);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.on("close", (code) => {
    channel.exit(code ?? 1);
    channel.end();
  });
  return child;
}
