/** A mistake that a person can fix. A program shows only its message, without a stack trace. */
export class UserError extends Error {
  override readonly name: string = "UserError";
}
