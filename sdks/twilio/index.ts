/**
 * The resources of the Terraform provider twilio/twilio 0.18.46 that the stack uses, bridged by the plugin terraform-provider.
 *
 * In the provider's schema every optional property is also computed: if an input is left out, Twilio keeps its value. As in a generated SDK, each
 * output is an `Output<string>` (or of another type) without `undefined`.
 */
export * from "./incoming-phone-number.ts";
export * from "./message.ts";
export * from "./messaging-service.ts";
export * from "./messaging-service-phone-number.ts";
export * from "./provider.ts";
export * from "./tollfree-verification.ts";
export * from "./usa2p-campaign.ts";
