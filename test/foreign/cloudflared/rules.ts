/** Random parts of ingress rules and of requests, of every kind that cloudflared tells apart. */
import * as fc from "fast-check";

const of = (...texts: readonly string[]) => fc.constantFrom(...texts);
const words = (text: string) => of(...text.split(" "));
const joined = (...parts: fc.Arbitrary<string>[]) => fc.tuple(...parts).map((texts) => texts.join(""));
const maybe = (part: fc.Arbitrary<string>) => fc.oneof({ arbitrary: of(""), weight: 2 }, part);

const label = fc.oneof(
  words("a b A www webhook reri co example 0 127 1 a-b a_b -a a- ab--c xn--a xn--mnchen-3ya xn--fa-hia"),
  words("münchen MÜNCHEN faß ὀδός 中文 ⓐ １２ K İ א a\u200Db a\u00ADb \u0301a ☕ a\u2044b"),
);
const name = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join("."));

/** Hostnames of rules: names, wildcards at and out of their place, ports, addresses, and what is not a name. */
export const hostname = fc.oneof(
  { arbitrary: name, weight: 6 },
  { arbitrary: joined(of("*."), name), weight: 4 },
  joined(words("* *.*. a.*. . :"), name),
  joined(name, words(".* :443 : :a :1:2 . * [ ]:1")),
  words("* ** *. *.* [::1] [::1]:80 ::1 127.0.0.1 127.1:80"),
  fc.string({ unit: of(..."a.*:[]-é"), maxLength: 6 }),
);

/** Hosts of requests. */
export const host = joined(name, maybe(words(":443 : :a .")));

const userinfo = joined(words("u u:p u@v u%41 u%4 ü :"), of("@"));
const address = fc.oneof(
  words("[::1] [fe80::1%25en0] [::ffff:1.2.3.4] [1::2:3] [::g] [1.2.3.4] [fe80::1%en0] [fe80::1%25] [::1"),
  words('localhost 127.0.0.1 a.example LOCALHOST a_b a:b a,b ü %C3%BC %41 % a"b a<b a\\b a^b a|b a!b a[b a]b ~'),
);
const port = words(":80 :0 :99999 : :a :-1 :8%30");
const tail = words("/ /x ? ?a=b ?/x ?# # #/x #%41 #%4 #%zz /%4 ?%4 ?@ #@");

/** Services of rules: URLs whole and broken, sockets, fixed statuses, cloudflared's own. */
export const service = fc.oneof(
  {
    arbitrary: joined(
      words("http:// https:// tcp:// HTTP:// ws:// h2+c.d-1:// 1:// unix:// :// //"),
      maybe(userinfo),
      maybe(address),
      maybe(port),
      maybe(tail),
    ),
    weight: 8,
  },
  joined(
    of("http_status:"),
    words("100 404 999 99 1000 0404 +404 -404 4e2 404a 4_0_4 \u0664\u0660\u0664 99999999999999999999"),
  ),
  words(
    "unix: unix:/run/a.sock unix+tls:/run/a.sock UNIX:/a hello_world hello-world bastion socks-proxy socks Bastion",
  ),
  words("http_status: localhost localhost:1 127.0.0.1:80 http: http:a http:/a * /a ?a"),
  fc.string({ unit: of(..."http:/a@%1#? \n[]é"), maxLength: 9 }).map((text) => `http://${text}`),
);

/** Characters of request targets, one for each byte. */
const target = of(
  "/",
  "a",
  "Z",
  "%2F",
  "%76",
  "%",
  "%4",
  "%zz",
  "%00",
  "%0A",
  "%ff",
  "%C3%A9",
  "\xe9",
  "\xff",
  "\x01",
  " ",
);
const mark = of(..."!$&'()*+,;=:@[]\"<>^`{|}\\~-_.");

/** Paths of request targets, one character for each byte, well encoded and not. */
export const path = fc.array(fc.oneof(target, mark, mark), { maxLength: 6 }).map((parts) => `/${parts.join("")}`);
