/** The scripts that make the Rules and Settings of `hub:signing` at Twilio. They run the project's own program, on the engine's machine. */

/** The program, from the project's top. Node is the one that runs the stack's program. */
const PROGRAM = "infra/signing/put-rules.ts";

const script = (verb: "put" | "finish" | "remove") => `set -eu
while [ ! -f Pulumi.yaml ]; do
  [ "$PWD" != / ] || { echo "hub:signing: the command does not run in the project's folder" >&2; exit 1; }
  cd ..
done
exec node ${PROGRAM} ${verb}`;

/** Creates what is missing, and changes what differs. It removes nothing: the numbers may still have the URLs of a Rule that is no longer declared. */
export const PUT_SIGNING_RULES = script("put");

/** Does the same, and removes what is no longer declared. It runs once the numbers have their URLs. */
export const FINISH_SIGNING_RULES = script("finish");

/** Removes the declared Rules, and then the declared Settings. */
export const REMOVE_SIGNING_RULES = script("remove");
