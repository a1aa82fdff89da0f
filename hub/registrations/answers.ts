/**
 * Twilio's answers about registrations. A status is any text here: a state that Twilio adds later must parse, so that it can shut the gate.
 *
 * Sources: https://www.twilio.com/docs/messaging/api/brand-registration-resource,
 * https://www.twilio.com/docs/messaging/api/usapptoperson-resource, https://www.twilio.com/docs/messaging/api/service-resource,
 * https://www.twilio.com/docs/messaging/api/phonenumber-resource and
 * https://www.twilio.com/docs/messaging/api/tollfree-verification-resource
 */
import { z } from "zod";

const sid = (prefix: string) => z.string().regex(new RegExp(`^${prefix}[0-9a-f]{32}$`));

const RegistrationError = z.object({ error_code: z.number() });

/** An A2P 10DLC brand. */
export const Brand = z.object({
  sid: sid("BN"),
  account_sid: sid("AC"),
  status: z.string(),
  mock: z.boolean(),
  errors: z.array(z.unknown()).nullable().transform(codesOf),
});
export type Brand = z.infer<typeof Brand>;

/** An A2P 10DLC campaign. */
export const Campaign = z.object({
  sid: sid("QE"),
  account_sid: sid("AC"),
  messaging_service_sid: sid("MG"),
  brand_registration_sid: sid("BN"),
  campaign_status: z.string(),
  mock: z.boolean(),
  errors: z.array(z.unknown()).nullable().transform(codesOf),
});
export type Campaign = z.infer<typeof Campaign>;

/** A messaging service. */
export const Service = z.object({ sid: sid("MG"), account_sid: sid("AC") });

/** A number in a service's sender pool. Its SID is that of the phone number. */
export const PoolNumber = z.object({
  sid: sid("PN"),
  account_sid: sid("AC"),
  service_sid: sid("MG"),
  phone_number: z.string(),
});
export type PoolNumber = z.infer<typeof PoolNumber>;

/** The verification of a toll-free number. */
export const Verification = z.object({
  sid: sid("HH"),
  account_sid: sid("AC"),
  tollfree_phone_number_sid: sid("PN"),
  status: z.string(),
  error_code: z.number().nullable(),
  rejection_reason: z.string().nullable(),
});
export type Verification = z.infer<typeof Verification>;

/** The part of a page that leads to the next one. */
export const PageMeta = z.object({ meta: z.object({ next_page_url: z.url().nullable() }) });

/** The codes of a registration's errors. An error of an unknown form counts as error 0. */
function codesOf(errors: readonly unknown[] | null): number[] {
  return (errors ?? []).map((error) => RegistrationError.safeParse(error).data?.error_code ?? 0);
}
