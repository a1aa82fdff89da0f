/**
 * The resources of the Terraform provider twilio/twilio 0.18.46 that the stack uses, bridged by the plugin terraform-provider.
 *
 * In the provider's schema every optional property is computed as well: an input that is left out keeps what Twilio holds, and each output
 * is, as in a generated SDK, an `Output<string>` (or another type) without `undefined`.
 */
export * from "./incoming-phone-number.ts";
export * from "./message.ts";
export * from "./messaging-service.ts";
export * from "./messaging-service-phone-number.ts";
export * from "./provider.ts";
export * from "./tollfree-verification.ts";
export * from "./usa2p-campaign.ts";
