/** nginx in front of a handler. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type RunningProgram, startProgram } from "./program.ts";

/** The ports of a server of nginx. */
interface ServerPorts {
  readonly port: number;
  readonly h2Port: number;
}

/** Where nginx listens, and where to. */
export interface NginxPlace {
  /** A folder for its config and its files. */
  readonly folder: string;
  readonly handlerPort: number;
  /** Receives a whole body first, and then speaks HTTP/1.0: nginx's defaults. */
  readonly buffering: ServerPorts;
  /**
   * Passes on what it receives, over HTTP/1.1 and connections that it keeps. It does not speak HTTP/2 here: nginx 1.22 resets a stream whose answer
   * comes before its body, and the client does not see the answer.
   */
  readonly streaming: Pick<ServerPorts, "port">;
  /** A line that is added to each location, to make it do wrong. Empty: none. */
  readonly fault: string;
}

/** Starts nginx as one process. It runs without a file outside the folder, and without privileges. */
export async function startNginx(path: string, place: NginxPlace): Promise<RunningProgram> {
  const { folder, buffering, streaming } = place;
  const config = join(folder, "nginx.conf");
  await writeFile(config, nginxConfig(place));
  const ports = [buffering.port, buffering.h2Port, streaming.port];
  return startProgram(path, ["-p", folder, "-c", config, "-e", "stderr"], ports);
}

const TEMPORARY = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];

/** The headers by which a proxy tells what it knows of the client. */
const TOLD = `proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;`;

function nginxConfig({ folder, handlerPort, buffering, streaming, fault }: NginxPlace): string {
  return `daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log stderr crit;
events { worker_connections 512; }
http {
  access_log off;
  client_body_timeout 10s;
  ${TEMPORARY.map((name) => `${name}_temp_path ${folder}/${name};`).join("\n  ")}
  upstream handler {
    server 127.0.0.1:${handlerPort};
    keepalive 2;
  }
  server {
    listen 127.0.0.1:${buffering.port};
    listen 127.0.0.1:${buffering.h2Port} http2;
    location / {
      ${fault}
      ${TOLD}
      proxy_pass http://handler;
    }
  }
  server {
    listen 127.0.0.1:${streaming.port};
    location / {
      ${fault}
      ${TOLD}
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_request_buffering off;
      proxy_buffering off;
      proxy_pass http://handler;
    }
  }
}
`;
}
