import { DNS_RECORD_TYPE, FILTER_TYPES, LIST_TYPE } from "../../hub/guards/resource-types.ts";
import { type PolicyCase, TODAY } from "../testing/cases.ts";
import { resource, UNKNOWN } from "../testing/resource.ts";

const daysAgo = (days: number) => new Date(Date.parse(TODAY) - days * 86_400_000).toISOString().slice(0, 10);
const rule = (description: unknown) => [
  resource(FILTER_TYPES.ruleset, { rules: [{ action: "block", expression: "not ip.src in $docusign", description }] }),
];

const ALL: readonly PolicyCase[] = [
  { name: "a list of last month passes", resources: rule(`DocuSign, rotated ${daysAgo(30)}`), violates: undefined },
  { name: "a list of 90 days ago passes", resources: rule(`DocuSign, rotated ${daysAgo(90)}`), violates: undefined },
  {
    name: "a list of 91 days ago is old",
    resources: rule(`DocuSign, rotated ${daysAgo(91)}`),
    violates: /91 days ago; renew/,
  },
  {
    name: "a list of tomorrow is refused",
    resources: rule(`DocuSign, rotated ${daysAgo(-1)}`),
    violates: /in the future/,
  },
  { name: "a list without a date is refused", resources: rule("docusign allow-list"), violates: /does not say when/ },
  {
    name: "a date that does not exist is refused",
    resources: rule("DocuSign, rotated 2026-13-45"),
    violates: /does not say when/,
  },
  {
    name: "a rule that lets DocuSign in is read too",
    resources: [
      resource(FILTER_TYPES.ruleset, {
        rules: [
          UNKNOWN,
          { action: "skip", expression: "ip.src in $docusign", description: "DocuSign, rotated 2020-01-01" },
        ],
      }),
    ],
    violates: /^subject\.rules\[1\]\.description: DocuSign's list was renewed on 2020-01-01, \d+ days ago/,
  },
  {
    name: "a disabled rule passes",
    resources: [resource(FILTER_TYPES.ruleset, { rules: [{ enabled: false, description: "DocuSign" }] })],
    violates: undefined,
  },
  {
    name: "a list is read",
    resources: [resource(LIST_TYPE, { name: "docusign", kind: "ip", description: "rotated 2020-01-01" })],
    violates: /^subject\.description: DocuSign's list was renewed on 2020-01-01/,
  },
  {
    name: "another list passes",
    resources: [resource(LIST_TYPE, { name: "bots", description: UNKNOWN })],
    violates: undefined,
  },
  {
    name: "other types pass",
    resources: [
      resource(DNS_RECORD_TYPE, { name: "docusign", description: "DocuSign", rules: [{ description: "DocuSign" }] }),
    ],
    violates: undefined,
  },
  { name: "another rule passes", resources: rule("bots"), violates: undefined },
  { name: "an unknown description passes", resources: rule(UNKNOWN), violates: undefined },
  { name: "unknown rules pass", resources: [resource(FILTER_TYPES.ruleset, { rules: UNKNOWN })], violates: undefined },
];

/** The cases of the policy docusign-list-rotated. */
export const cases: readonly PolicyCase[] = ALL.map((given) => ({ today: TODAY, ...given }));
