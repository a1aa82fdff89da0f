/** The Rules and Settings of `hub:signing` at Twilio, as a resource of the stack. */
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { HubConfig } from "../../hub/config/config.ts";
import { transportVariables } from "../../hub/config/transport.ts";
import { COMMAND_NAMES } from "../../hub/guards/commands/known-scripts.ts";
import { FINISH_SIGNING_RULES, PUT_SIGNING_RULES, REMOVE_SIGNING_RULES } from "../../hub/scripts/put-signing-rules.ts";
import { type SigningConfig, signingVariables } from "../../hub/signing/signing-variables.ts";
import type { SigningState } from "../signing/live-signing.ts";
import { lastLine, mistake } from "../stack/mistake.ts";
import { type MachineOptions, runOnMachine } from "./transport.ts";

/** The config, and what a look at Twilio found. */
export interface SigningArgs {
  readonly config: SigningConfig & Pick<HubConfig, "transport">;
  readonly found: SigningState;
}

const DECLARED: SigningState = "as declared";

/**
 * Declares the Rules and Settings, if the config has `hub:signing`. An `up` creates what is missing and changes what differs, and waits until Twilio
 * applies it. A Rule with a key that the running release does not accept is refused. In a preview the state that was found shows in the resource's
 * diff. A change of the machine does not replace the resource: the removal of the old one would take the Rules away.
 */
export function declareSigningRules({ config, found }: SigningArgs, options: MachineOptions): void {
  const variables = signingVariables(config);
  if (variables === undefined) return;
  new command.local.Command(
    COMMAND_NAMES.signing,
    {
      create: PUT_SIGNING_RULES,
      delete: REMOVE_SIGNING_RULES,
      environment: {
        ...variables,
        ...transportVariables(config.transport),
        HUB_SIGNING_FOUND: pulumi.runtime.isDryRun() ? found : DECLARED,
      },
      // The script reports how far Twilio is.
      logging: "stderr",
    },
    options,
  );
}

/**
 * Finishes, in an `up`, what a look found to do: what the engine did not see as a change of the resource, and what is no longer declared. That goes
 * last, because a number may have the URL of such a Rule until it gets its new one.
 *
 * @param numbers known once every number has its URLs
 */
export function finishSigningRules(
  { config, found }: SigningArgs,
  numbers: pulumi.Output<unknown>,
  options: MachineOptions,
): void {
  const variables = signingVariables(config);
  if (variables === undefined || found === DECLARED || pulumi.runtime.isDryRun()) return;
  numbers.apply(async () => {
    pulumi.log.info("finishing Twilio's webhook Rules and Settings; Twilio needs 30 to 60 seconds for a change");
    await runOnMachine(config.transport, FINISH_SIGNING_RULES, variables, options).catch((cause: Error) => {
      throw mistake(lastLine(cause.message));
    });
  });
}
