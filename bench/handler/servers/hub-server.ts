/** The handler as it runs in production, but without its workers: their work stays in the tables. */

import { startServer } from "../../../handlers/hosts/node-server.ts";
import { openSpool } from "../../../handlers/spool/spool.ts";
import { connectDatabase } from "../../../handlers/storage/database.ts";
import { createStore, STORE_CONNECTIONS } from "../../../handlers/storage/store.ts";
import { createApp } from "../../../handlers/webhook/app.ts";
import { ACCOUNT_SID, AUTH_TOKEN, MANIFEST } from "../account.ts";
import { announce, serverArguments } from "./serve.ts";

const ANSWER_DEADLINE_MS = 4_500;

const { databaseUrl, spoolFile } = serverArguments();
const store = createStore({ pool: connectDatabase(databaseUrl, STORE_CONNECTIONS), spool: openSpool(spoolFile) });
const credentials = { accountSid: ACCOUNT_SID, authTokens: [{ token: AUTH_TOKEN }], signingKeys: [] };
const app = createApp({ manifest: MANIFEST, credentials, store, answerDeadlineMs: ANSWER_DEADLINE_MS });
const { port } = await startServer({ app, port: 0 });
announce(port);
