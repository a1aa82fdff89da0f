/** The webhooks that Twilio's libraries accept and the handler refuses, on purpose. */

const NODE = "Twilio's Node.js library";
const PYTHON = "Twilio's Python library";
const BOTH = [NODE, PYTHON] as const;

/** A case that some of the libraries decide otherwise. */
export interface TwilioDifference {
  readonly case: string;
  readonly judges: readonly (typeof NODE | typeof PYTHON)[];
  readonly reason: string;
}

const NO_SUCH_URL =
  "The library asks only whether the URL was signed. No URL of the manifest has this path, so Twilio was never given it: 404.";
const NO_SUCH_QUERY =
  "The hub registers URLs without a query, and its own actions count turns from 1 to 99. Any other query can be a moved border.";
const NORMALISED =
  "The library also tries the URL as WHATWG's parser or Node's querystring writes it. The handler tries the registered URL alone, so a request has one spelling.";
const NAME =
  "Such a name can hold the end of a URL or of another name, since the signed string has no borders. No parameter of Twilio's has one.";
const OTHER_ACCOUNT =
  "A signature proves who signed, not for which account. Only a webhook with our AccountSid, once, is ours.";
const MOVED = "The signed string has no borders, so the library accepts a signature that was made for another request.";
const COST =
  "Nobody who cannot sign may make the handler read, sort and hash without a limit, so the limit comes before the signature.";

/** The table. */
export const TWILIO_DIFFERENCES: readonly TwilioDifference[] = [
  {
    case: "an application whose token is empty",
    judges: BOTH,
    reason: "With an empty key anybody can sign, so the handler does not start without a token.",
  },
  {
    case: "signed over the URL with its default port",
    judges: BOTH,
    reason: "Twilio signs the URL that it was given, and the hub registers none with a port.",
  },
  { case: "a slash at the path's end that was signed", judges: BOTH, reason: NO_SUCH_URL },
  { case: "an escape in the path that was signed", judges: BOTH, reason: NO_SUCH_URL },
  { case: "a path in upper case that was signed", judges: BOTH, reason: NO_SUCH_URL },
  { case: "two slashes before a path that was signed", judges: BOTH, reason: NO_SUCH_URL },
  { case: "a parameter of a path that was signed", judges: BOTH, reason: NO_SUCH_URL },
  { case: "a path outside the manifest that was signed", judges: BOTH, reason: NO_SUCH_URL },
  {
    case: "a fragment that was signed",
    judges: BOTH,
    reason: "A fragment is for Twilio alone: it neither signs nor sends it.",
  },
  { case: "a query that is not the hub's, which was signed", judges: BOTH, reason: NO_SUCH_QUERY },
  { case: "a turn that no call has, which was signed", judges: BOTH, reason: NO_SUCH_QUERY },
  { case: "a turn with an escape that was signed", judges: BOTH, reason: NO_SUCH_QUERY },
  { case: "a turn on a URL without turns, which was signed", judges: BOTH, reason: NO_SUCH_QUERY },
  { case: "an empty query that was signed", judges: [NODE], reason: NO_SUCH_QUERY },
  {
    case: "an empty query that was not signed",
    judges: [PYTHON],
    reason:
      "Python's urlparse drops a question mark without a query. The handler takes the request target as it arrived.",
  },
  { case: "an escape in the path that was not signed", judges: [NODE], reason: NORMALISED },
  { case: "a dot segment in the path that was not signed", judges: [NODE], reason: NORMALISED },
  { case: "the turn with an escape that was not signed", judges: [NODE], reason: NORMALISED },
  { case: "a GET that was signed", judges: BOTH, reason: "The hub registers every URL with POST: 405." },
  { case: "a form under another content type", judges: BOTH, reason: "Twilio names the type of each body: 415." },
  { case: "another account", judges: BOTH, reason: OTHER_ACCOUNT },
  { case: "no account", judges: BOTH, reason: OTHER_ACCOUNT },
  { case: "our account twice", judges: BOTH, reason: OTHER_ACCOUNT },
  { case: "JSON of another account", judges: BOTH, reason: OTHER_ACCOUNT },
  { case: "JSON that is a list", judges: BOTH, reason: OTHER_ACCOUNT },
  { case: "a body that is not JSON", judges: BOTH, reason: OTHER_ACCOUNT },
  {
    case: "JSON with a second hash",
    judges: BOTH,
    reason:
      "The libraries take the first hash of the query. Two hashes can be read in two ways, so the handler takes one only.",
  },
  {
    case: "no SID",
    judges: BOTH,
    reason: "Without the SID of its call or text, a webhook is not an event of the route.",
  },
  {
    case: "the event's SID twice",
    judges: BOTH,
    reason:
      "The signed string names equal values once, so a repeat can be added unsigned. The handler reads no list as a SID.",
  },
  { case: "a name with a space", judges: BOTH, reason: NAME },
  { case: "a name that begins with a digit", judges: BOTH, reason: NAME },
  { case: "an empty name", judges: BOTH, reason: NAME },
  { case: "a name beyond ASCII", judges: BOTH, reason: NAME },
  { case: "the name of the prototype", judges: BOTH, reason: NAME },
  { case: "a border moved in the account's parameter", judges: BOTH, reason: MOVED },
  { case: "a border moved from the path into the first name", judges: BOTH, reason: MOVED },
  { case: "a border moved from the first name into the query", judges: BOTH, reason: MOVED },
  { case: "more parameters than a webhook has", judges: BOTH, reason: COST },
  { case: "a body over the limit", judges: BOTH, reason: COST },
  { case: "JSON over the limit", judges: BOTH, reason: COST },
  {
    case: "a repeated parameter whose values differ in their order by code points and by UTF-16 units",
    judges: [PYTHON],
    reason:
      "Twilio's libraries disagree: Python's sorts by code points, Node's and the handler by UTF-16 units. Twilio's pages describe no webhook that repeats a parameter.",
  },
];
