/** The ceiling: Node's own server, which reads the body and always sends the answer to a call. */
import { createServer } from "node:http";
import { TWIML_TYPE } from "../../../handlers/call/twiml.ts";
import { listen } from "../../../handlers/hosts/listen.ts";
import { callTwiml } from "./call-twiml.ts";
import { announce } from "./serve.ts";

const BODY = callTwiml();
const HEADERS = { "content-type": TWIML_TYPE, "content-length": Buffer.byteLength(BODY) };

const server = createServer((incoming, outgoing) => {
  incoming.resume().once("end", () => outgoing.writeHead(200, HEADERS).end(BODY));
});
announce(await listen(server, 0, "127.0.0.1", "port"));
