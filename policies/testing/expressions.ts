/** Expressions of rules, for the cases of `no-ip-filter-on-twilio`. */
import { isRouted, ROUTES } from "../../hub/urls/routes.ts";

/** True only for paths that do not begin with a path of Twilio's requests. */
const OUTSIDE_ROUTES = ROUTES.filter(isRouted)
  .map(({ path }) => `not starts_with(lower(http.request.uri.path), "${path}")`)
  .join(" and ");

/** None of these filters a request of Twilio's by its address. */
export const HARMLESS: readonly string[] = [
  'starts_with(http.request.uri.path, "/docusign/") and not ip.src in $docusign',
  '(http.request.uri.path eq "/docusign") && (ip.src ne 192.0.2.1)',
  'http.host eq "forms.reri.co" and ip.geoip.country ne "US"',
  'http.host in {"a.reri.co" "b.reri.co"} and not ip.src in {192.0.2.0/24}',
  `${OUTSIDE_ROUTES} and ip.src in $bad`,
  'ip.src eq 192.0.2.1 and http.request.uri.path contains "docusign"',
  'http.user_agent contains "bot"',
  "",
  'http.request.uri.path wildcard "/docusign/*" and not ip.src in $docusign',
  'http.request.uri.path wildcard "/DocuSign*" and ip.src in $x',
  'http.request.uri.path strict wildcard "/Voice/*" and ip.src in $x',
  'http.host wildcard "forms.*.co" and ip.src in $x',
  '(http.host eq "a.reri.co" or http.host eq "b.reri.co") and ip.src in $x',
  'not (http.host eq "webhook.reri.co" or ip.src in $x)',
  'not (ip.src in $x || http.host eq "webhook.reri.co")',
  'not (http.host eq "webhook.reri.co" and http.request.uri.path contains "/") and ip.src in $x',
  '(http.host eq "webhook.reri.co" xor http.request.uri.path contains "/") and ip.src in $x',
  'ends_with(http.request.uri.path, ".html") and ip.src in $x',
];

/** Each of these may filter a request of Twilio's by its address, or cannot be read. */
export const HARMFUL: readonly string[] = [
  "not ip.src in $docusign",
  'ip.geoip.country ne "US"',
  'starts_with(http.request.uri.path, "/voice") and not ip.src in {192.0.2.0/24}',
  'http.request.uri.path eq "/sms/webhook" and ip.src.asnum ne 64496',
  'http.host eq "webhook.reri.co" and ip.src eq 192.0.2.1',
  'starts_with(http.request.uri.path, "/docusign/") or not ip.src in $docusign',
  'not starts_with(http.request.uri.path, "/docusign/") and not ip.src in $docusign',
  'http.request.uri.path matches "^/docusign" and ip.src in $x',
  'any(http.request.headers["x-forwarded-for"][*] contains "192.0.2.1")',
  'http.request.full_uri contains "docusign" and ip.src in $x',
  'http.host eq "webhook\\x2ereri.co" and ip.src in $x',
  'http.host eq "webhook\\056reri.co" and ip.src in $x',
  'http.request.uri.path wildcard "/VOICE/*" and ip.src in $x',
  'http.request.uri.path strict wildcard "/voice/*" and ip.src in $x',
  'http.request.uri.path wildcard r#"/docusign\\*"# and ip.src in $x',
  'http.host wildcard "webhook.?eri.co" and ip.src in $x or http.host wildcard "*.reri.co" and ip.src in $x',
  'any(http.request.headers["forwarded"][*] contains "192.0.2.1")',
  'not (ip.src in $x or http.host eq "a.reri.co")',
  'not (http.host eq "a.reri.co" or ip.src in $x)',
  '(http.host eq "a.reri.co" ^^ http.request.uri.path contains "/") and ip.src in $x',
  'not (http.host eq "a.reri.co" xor ip.src in $x)',
  'not (ip.src in $x xor http.host eq "a.reri.co")',
  'ends_with(http.request.uri.path, "webhook") and ip.src in $x',
  "ip.src in",
  '(http.request.uri.path eq "/docusign" and ip.src in $x',
];
