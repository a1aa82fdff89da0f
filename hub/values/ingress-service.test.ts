import { expect, test } from "vitest";
import { isLoopbackPort, servicePort } from "./ingress-service.ts";

test.each([
  ["http://localhost:18790", 18790],
  ["https://127.0.0.1:1", 1],
  ["http://[::1]:18790", 18790],
  ["http_status:404", undefined],
  ["http://localhost", undefined],
  ["http://localhost:18790/path", undefined],
  ["http://localhost:18790?a=b", 18790],
  ["http://localhost:", undefined],
  ["unix:/run/x.sock", undefined],
  ["bastion", undefined],
])("the port of the service %s is %s", (service, port) => {
  expect(servicePort(service)).toBe(port);
});

test.each([
  "http://localhost:18797",
  "http://LOCALHOST:18797",
  "http://127.0.0.1:18797",
  "https://127.8.9.10:18797",
  "http://127.1:18797",
  "http://[::1]:18797",
  "http://[0:0:0:0:0:0:0:1]:18797",
  "tcp://localhost:18797",
])("%s is a port of the machine that runs cloudflared", (service) => {
  expect(isLoopbackPort(service, 18797)).toBe(true);
});

test.each([
  "http://10.0.0.9:18797",
  "http://forms.internal:18797",
  "http://localhost.example.com:18797",
  "http://127.0.0.1.example.com:18797",
  "http://[2001:db8::1]:18797",
  "http://localhost:18798",
  "http://localhost",
  "unix:/run/localhost:18797",
  "http_status:404",
])("%s is not the port 18797 of that machine", (service) => {
  expect(isLoopbackPort(service, 18797)).toBe(false);
});
