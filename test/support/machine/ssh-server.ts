/** A real SSH server on 127.0.0.1 that runs what it is asked with /bin/sh, as the user who runs the tests. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import ssh2, { type AuthContext, type Connection, type ServerChannel } from "ssh2";

/** A key pair in OpenSSH's words. */
export interface KeyPair {
  readonly private: string;
  /** Its type and its digits, without a comment. */
  readonly public: string;
}

/** The server. */
export interface SshServer {
  readonly port: number;
  /** What a client pins, `ssh-ed25519 AAAA…`. */
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
 * @param folder where its host key is made, and where a command finds itself
 * @param client the one key that it takes, in OpenSSH's words
 * @param environment all that a command finds
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
    // A client that goes away in the middle, or refuses the host's key.
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
      // As with any SSH server, what was begun goes on where its client goes away.
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
  // Without a signature the client only asks whether the key would do.
  if (context.signature === undefined || context.blob === undefined) return true;
  return key.verify(context.blob, context.signature, context.hashAlgo) === true;
}

function run(command: string, channel: ServerChannel, cwd: string, env: Readonly<Record<string, string>>) {
  const child = spawn("/bin/sh", ["-c", command], { cwd, env, detached: true });
  channel.pipe(child.stdin);
  // The command may end before it has read everything.
  child.stdin.on("error", () => undefined);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.on("close", (code) => {
    channel.exit(code ?? 1);
    channel.end();
  });
  return child;
}
