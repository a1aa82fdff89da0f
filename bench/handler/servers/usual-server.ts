/**
 * The usual way: express, its body parser, Twilio's own middleware, and one `pg` transaction for each webhook. The queries are a text with parameters,
 * the first form in the documentation of `pg` (https://node-postgres.com/features/queries). It writes the same rows as the hub, and logs nothing.
 */

import { createServer } from "node:http";
import express, { type Request, type Response } from "express";
import twilio from "twilio";
import { listen } from "../../../handlers/hosts/listen.ts";
import { AUTH_TOKEN, URLS } from "../account.ts";
import { callTwiml } from "./call-twiml.ts";
import { announce, serverArguments } from "./serve.ts";
import { type Answer, createUsualStore, type Kind } from "./usual-store.ts";

const { host } = new URL(URLS.voiceUrl);
const store = createUsualStore(serverArguments().databaseUrl);

const app = express();
app.disable("x-powered-by").disable("etag");
app.use(express.urlencoded({ extended: false }));
app.use(twilio.webhook({ protocol: "https", host }, AUTH_TOKEN));
route(URLS.voiceUrl, "inbound-call", () => ({ status: 200, body: callTwiml() }));
route(URLS.statusCallback, "call-status", () => ({ status: 204, body: "" }));
route(URLS.smsUrl, "inbound-text", () => ({ status: 200, body: new twilio.twiml.MessagingResponse().toString() }));
route(URLS.messageStatusCallback, "text-status", () => ({ status: 204, body: "" }));

announce(await listen(createServer(app), 0, "127.0.0.1", "port"));

function route(url: string, kind: Kind, answer: () => Answer): void {
  app.post(new URL(url).pathname, async (request: Request, response: Response) => {
    const { status, body } = await store.keep(kind, request.body, answer());
    if (status === 204) response.status(status).end();
    else response.status(status).type("text/xml").send(body);
  });
}
