import * as pulumi from "@pulumi/pulumi";
import { packageReference } from "./package-reference.ts";
import { isResourceOfType } from "./resource.ts";

/**
 * The credentials and the location for calls to Twilio. The plugin reads values that are left out from the engine's environment.
 * There is no option for another base URL, but the plugin honours `HTTPS_PROXY` and `SSL_CERT_FILE`.
 * @see https://www.twilio.com/docs/iam/api-keys
 * @see https://www.twilio.com/docs/global-infrastructure
 */
export class Provider extends pulumi.ProviderResource {
  /** The package's name; the resource's type is `pulumi:providers:twilio`. */
  static readonly __pulumiType = "twilio";

  declare readonly accountSid: pulumi.Output<string | undefined>;
  declare readonly edge: pulumi.Output<string | undefined>;
  declare readonly password: pulumi.Output<string | undefined>;
  declare readonly region: pulumi.Output<string | undefined>;
  declare readonly username: pulumi.Output<string | undefined>;

  /** Configures a provider; `opts.provider` of a resource chooses it. */
  constructor(name: string, args: ProviderArgs = {}, opts: pulumi.ResourceOptions = {}) {
    const secrets = { additionalSecretOutputs: ["password", "username", "accountSid"] };
    super(
      Provider.__pulumiType,
      name,
      {
        accountSid: secret(args.accountSid),
        edge: args.edge,
        password: secret(args.password),
        region: args.region,
        username: secret(args.username),
      },
      pulumi.mergeOptions(opts, secrets),
      false,
      packageReference(),
    );
  }

  /** Whether a value is a provider of this package, from any copy of the SDK. */
  static override isInstance(value: unknown): value is Provider {
    return isResourceOfType(value, `pulumi:providers:${Provider.__pulumiType}`);
  }
}

/** The configuration of a {@link Provider}. */
export interface ProviderArgs {
  /**
   * The SID (`AC…`) of the account or subaccount that requests act on. Default: `TWILIO_SUBACCOUNT_SID`, then `TWILIO_ACCOUNT_SID`.
   * Danger: another account here points every resource in the state at numbers of that account.
   */
  accountSid?: pulumi.Input<string | undefined>;
  /** The edge location through which requests enter Twilio, such as `ashburn`. Default: `TWILIO_EDGE`. */
  edge?: pulumi.Input<string | undefined>;
  /**
   * The auth token, or the secret of the API key in `username`. Default: `TWILIO_API_SECRET`, then `TWILIO_AUTH_TOKEN`.
   * Danger: the provider's schema does not mark it as sensitive. This class marks it secret, so the state holds it encrypted; `--show-secrets`
   * still shows it.
   */
  password?: pulumi.Input<string | undefined>;
  /** The region that stores and processes the data, such as `us1`. Default: `TWILIO_REGION`. */
  region?: pulumi.Input<string | undefined>;
  /** The SID of an API key (`SK…`) or of the account (`AC…`). Default: `TWILIO_API_KEY`, then `TWILIO_ACCOUNT_SID`. Marked secret. */
  username?: pulumi.Input<string | undefined>;
}

/** Marks a credential secret. If it is left out, the result is a plain `undefined`, not a secret one. */
function secret(value: pulumi.Input<string | undefined> | undefined): pulumi.Input<string | undefined> {
  return value === undefined ? undefined : pulumi.secret(value);
}
