import { DNS_RECORD_TYPE, PHONE_NUMBER_TYPE, TUNNEL_CONFIG_TYPE } from "../../hub/guards/resource-types.ts";
import type { PolicyCase } from "../testing/cases.ts";
import { resource, UNKNOWN } from "../testing/resource.ts";

const kept = (type: string, props: Readonly<Record<string, unknown>> = {}) => [
  resource(type, props, { opts: { protect: true } }),
];
const OVERRIDES = ["voiceApplicationSid", "smsApplicationSid", "trunkSid", "voiceReceiveMode"];
const PROPERTIES = ["areaCode", "phoneNumber", ...OVERRIDES];

/** The cases of the policy number-kept. */
export const cases: readonly PolicyCase[] = [
  ...[PHONE_NUMBER_TYPE, TUNNEL_CONFIG_TYPE, DNS_RECORD_TYPE].flatMap((type) => [
    { name: `${type} passes with protect`, resources: kept(type), violates: undefined },
    {
      name: `${type} is refused without protect`,
      resources: [resource(type)],
      violates: /subject\.protect: found false/,
    },
  ]),
  { name: "other types need no protect", resources: [resource("command:local:Command")], violates: undefined },
  ...PROPERTIES.flatMap((property) => [
    {
      name: `${property} may not be set`,
      resources: kept(PHONE_NUMBER_TYPE, { [property]: "949" }),
      violates: new RegExp(`subject\\.${property}: found "949"; leave it out`),
    },
    {
      name: `${property} may not be unknown`,
      resources: kept(PHONE_NUMBER_TYPE, { [property]: UNKNOWN }),
      violates: new RegExp(`subject\\.${property}: its value is not known`),
    },
    { name: `${property} may be empty`, resources: kept(PHONE_NUMBER_TYPE, { [property]: "" }), violates: undefined },
  ]),
  {
    name: "a whole number is not shown",
    resources: kept(PHONE_NUMBER_TYPE, { phoneNumber: "+19495550100" }),
    violates: /found "\+…0100"/,
  },
  {
    name: "a number takes voice",
    resources: kept(PHONE_NUMBER_TYPE, { voiceReceiveMode: "voice" }),
    violates: undefined,
  },
  {
    name: "a number takes no fax",
    resources: kept(PHONE_NUMBER_TYPE, { voiceReceiveMode: "fax" }),
    violates: /voiceReceiveMode: found "fax"; leave it out, or Twilio takes the number's calls as faxes/,
  },
];
