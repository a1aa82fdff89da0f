import { ANSWERED, APP, BODIES, FORGERIES, HOSTS, NO_WEBHOOK, REFUSED, SIGNATURE, STORE } from "./our-tests.ts";
import { differs, foreign, held, type Peer } from "./peer-case.ts";

const NO_ADDRESS =
  "Every request reaches the handler through the tunnel or the funnel, so it reads no client's address.";
const ONE_SIGNATURE = "Twilio sends one signature, so a request with two was changed on its way.";

/** OpenClaw's plugin for calls: the door. */
export const OPENCLAW_SIGNATURES: Peer = {
  repository: "openclaw/openclaw",
  cases: {
    "extensions/voice-call/src/webhook-security.test.ts": [
      held(
        "the query that arrives counts, although the configured URL has none",
        APP,
        ANSWERED,
        "a turn of a call, whose counter is signed too",
      ),
      held(
        "a forwarded host that the client sends makes no other URL",
        APP,
        REFUSED,
        "a forged Host, and does not use Host and forwarding headers at all",
      ),
      held("a request from the machine's own address is not exempt from the signature", ...FORGERIES),
      held("a request without a signature is refused", APP, REFUSED, "no signature"),
      held("a signature of another key is refused", APP, REFUSED, "a signature of another token"),
      foreign(
        "a tunnel's free host is trusted on the loopback interface if a compatibility mode is on",
        "There is no such mode: only the URLs of the manifest count.",
      ),
      foreign("a forwarded host counts if it is on a list", "The manifest has the hosts, so no header is needed."),
      foreign("forwarding headers count if they come from the address of a trusted proxy", NO_ADDRESS),
      foreign("the address of a trusted proxy may be written as an IPv4-mapped IPv6 address", NO_ADDRESS),
      foreign("forwarding headers do not count if the client's address is unknown", NO_ADDRESS),
      differs("a header may hold several signatures, one of them valid", ONE_SIGNATURE, APP, REFUSED, "two signatures"),
      held(
        "a replay passes the check of its signature, and is known as a replay",
        STORE,
        "the store",
        "gives a repeat the first answer even if the database went away in between",
      ),
      held(
        "a request that came through Cloudflare's tunnel verifies, whatever host it names",
        HOSTS,
        "the server",
        "evil.example",
      ),
      held("a port in the Host header does no harm", HOSTS, "the server", "webhook.reri.co:99999"),
      differs(
        "a configured URL with a port also stands for the URL without it",
        "No URL with a port can be registered, so there is one spelling of each.",
        "hub/urls/registered-url.test.ts",
        "%s %s",
        "https://webhook.reri.co:443/voice",
      ),
      differs(
        "a signature in the alphabet for URLs is as good",
        "Twilio's signature has one alphabet, and a request has one spelling.",
        SIGNATURE,
        "isSignatureShaped",
        "is false of %j",
      ),
      foreign("a signature has a nonce beside it", "That is the scheme of another vendor. Twilio sends no nonce."),
    ],
    "extensions/voice-call/src/webhook.test.ts": [
      held("a path that only begins like the webhook's is not found", APP, NO_WEBHOOK, "/voice/webhook-evil"),
      held(
        "a Host header that is no host does no harm",
        "handlers/hosts/request-head.test.ts",
        "a request that a proxy could read in another way is refused, and ends its connection",
        "a host with an open bracket",
      ),
      held("without a signature the body is not read", APP, "the app refuses by the head alone", "%i for %j"),
      held(
        "a body over the limit is refused before its signature is computed",
        HOSTS,
        "answers before a byte of the body was sent",
        "a length over the limit",
      ),
      differs(
        "of more requests at once than are read, the next one is refused",
        `${NO_ADDRESS} So it limits the bodies under way, and the one that takes the longest gives way to the next.`,

        BODIES,
        "more bodies than the server reads at once",
        "make the oldest give way, and a body that arrives at once is read",
      ),
      foreign("requests without a client's address share one limit", NO_ADDRESS),
      held("an empty answer stays empty", APP, ANSWERED, "the callback %s with 204"),
      held(
        "the key that tells repeats apart is of what was verified",
        SIGNATURE,
        "signedStringHash",
        "is the hash of the string that Twilio's library signs",
      ),
      foreign(
        "a request that verifies without such a key is refused",
        "The key is a hash of the signed string, so each request that verifies has one.",
      ),
      foreign("only callers on a list are connected", "The lines are a business's: everybody may call them."),
      foreign(
        "a call that was never answered is ended after a while",
        "Twilio ends a call and reports it. The hub keeps none open.",
      ),
      foreign(
        "media streams have tokens, and outlast a short break",
        "A call is heard by `<Gather>` and connected by `<Dial>`: no stream.",
      ),
    ],
    "extensions/voice-call/src/http-headers.test.ts": [
      held(
        "a header is found under any spelling of its name",
        HOSTS,
        "the server",
        "finds the signature in the header %s",
      ),
      differs(
        "of a header that is sent twice the first value counts",
        ONE_SIGNATURE,
        HOSTS,
        "refuses a signature that is sent twice",
      ),
    ],
    "extensions/voice-call/src/webhook-route-boundary.test.ts": [
      foreign(
        "the path of a stream is matched by whole segments",
        "The handler serves no streams, and matches each path as a whole.",
      ),
    ],
    "extensions/voice-call/src/tunnel.test.ts": [
      held(
        "the funnel delivers the webhook's path",
        "hub/urls/funnel-paths.test.ts",
        "the funnel delivers",
        "/voice/status",
      ),
      foreign("a program for a tunnel is started, watched and stopped", "The tunnel and the funnel run on their own."),
    ],
    "extensions/voice-call/src/webhook-exposure.test.ts": [
      held(
        "a URL on a loopback or private address cannot be registered",
        "hub/config/parse.test.ts",
        "%s is refused under its key",
        "a host that is an address",
      ),
    ],
    "extensions/voice-call/src/webhook-eaddrinuse.test.ts": [
      differs(
        "if the port is in use, the next one is taken",
        "The tunnel's rules name the port, so no request would reach another one. The start fails and names the config key.",
        HOSTS,
        "the server",
        "names the config key if the port is in use",
      ),
    ],
    "extensions/voice-call/src/webhook.shutdown.lifecycle.test.ts": [
      held(
        "closing waits for what still runs",
        HOSTS,
        "the server",
        "lets a running request finish when it closes, and closes kept-alive connections",
      ),
      held(
        "closing twice closes once",

        "handlers/hosts/admin-server.test.ts",
        "the admin server",
        "closes at once, even twice, and waits for no client",
      ),
    ],
  },
};
