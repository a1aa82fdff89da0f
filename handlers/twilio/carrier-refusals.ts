/**
 * The errors with which carriers refuse a text because its sender is not registered: 30034 for a local number without an A2P 10DLC campaign, 30032 for a
 * toll-free number without a verification.
 * Sources: https://www.twilio.com/docs/api/errors/30034 and https://www.twilio.com/docs/api/errors/30032
 */
const CARRIER_REFUSALS: readonly number[] = [30032, 30034];

/** The errors in SQL, as a list of texts. */
export const CARRIER_REFUSALS_SQL = CARRIER_REFUSALS.map((code) => `'${code}'`).join(", ");

/** Whether an error says that the text's sender is not registered. */
export function isCarrierRefusal(code: number): boolean {
  return CARRIER_REFUSALS.includes(code);
}
