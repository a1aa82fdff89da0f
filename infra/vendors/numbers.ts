import * as pulumi from "@pulumi/pulumi";
import * as twilio from "@pulumi/twilio";
import type { HubNumber } from "../../hub/config/keys.ts";
import { COMPONENT_TYPES } from "../../hub/guards/resource-types.ts";
import type { Manifest } from "../../hub/manifest.ts";
import { WEBHOOK_METHOD } from "../../hub/urls/routes.ts";
import { registeredUrls } from "../../hub/urls/urls.ts";
import { refuseOverrides, requireNumber } from "./live-number.ts";

interface NumbersArgs {
  readonly manifest: Manifest;
  /** The SID of the account that owns the numbers. Secret, because it comes from the vault. */
  readonly accountSid: pulumi.Output<string>;
}

/** The existing numbers, imported by SID. They are protected and retained: deleting such a resource would release the number for good. */
export class Numbers extends pulumi.ComponentResource {
  /** Known once every number has its URLs. */
  readonly written: pulumi.Output<readonly string[]>;

  constructor(name: string, { manifest, accountSid }: NumbersArgs, options: pulumi.ComponentResourceOptions) {
    super(COMPONENT_TYPES.numbers, name, {}, options);
    const resources = manifest.numbers.map((number, index) => {
      const resource = this.importNumber(manifest, accountSid, number);
      requireNumber(resource, number, `hub:numbers[${index}].sid`);
      refuseOverrides(resource, number.number, manifest);
      return resource;
    });
    this.written = pulumi.all(resources.map(({ id }) => id));
    this.registerOutputs({ numbers: manifest.numbers.map(({ number }) => number) });
  }

  private importNumber(
    manifest: Manifest,
    accountSid: pulumi.Output<string>,
    { name, number, sid }: HubNumber,
  ): twilio.ApiAccountsIncomingPhoneNumbers {
    const { voiceUrl, voiceFallbackUrl, statusCallback, smsUrl, smsFallbackUrl } = registeredUrls(manifest, number);
    // `phoneNumber` is left out: the SID chooses the number, and a different number here would make the engine buy it.
    return new twilio.ApiAccountsIncomingPhoneNumbers(
      name,
      {
        accountSid,
        ...{ voiceUrl, voiceMethod: WEBHOOK_METHOD },
        ...(voiceFallbackUrl && { voiceFallbackUrl, voiceFallbackMethod: WEBHOOK_METHOD }),
        ...{ statusCallback, statusCallbackMethod: WEBHOOK_METHOD },
        ...{ smsUrl, smsMethod: WEBHOOK_METHOD },
        ...(smsFallbackUrl && { smsFallbackUrl, smsFallbackMethod: WEBHOOK_METHOD }),
      },
      {
        parent: this,
        import: sid,
        protect: true,
        retainOnDelete: true,
        // The account's SID comes from the vault. An import shows the value it read, and the engine does not know that it is secret.
        additionalSecretOutputs: ["accountSid", "pathAccountSid"],
        hideDiffs: ["accountSid", "pathAccountSid"],
      },
    );
  }
}
