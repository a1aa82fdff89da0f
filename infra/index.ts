/** The Pulumi program: one hub from one config. */

import { refuseBlockedTypes } from "./guards/refuse-blocked-types.ts";
import { refuseUnknownInvokes } from "./guards/refuse-unknown-invokes.ts";
import { readStack } from "./stack/stack-config.ts";
import { TwilioHub } from "./twilio-hub.ts";

const stack = readStack();
refuseBlockedTypes(stack);
refuseUnknownInvokes(stack);
const hub = await TwilioHub.create("twilio-hub", stack);

/** The URLs registered at Twilio, by number. */
export const registeredUrls = hub.registeredUrls;
/** The digest of the manifest that the URLs, the tunnel's routes and the handler share. */
export const manifestDigest = hub.manifestDigest;
/** The digest of the staged release. */
export const releaseDigest = hub.releaseDigest;
/** The action that a person must take: an authorisation of the staged release, or `nothing`. */
export const waitingFor = hub.waitingFor;
/** Whether A2P 10DLC approves campaign texts, and if not, why. salesmsg and openphone-quo share this gate. It says nothing about toll-free numbers. */
export const gate = hub.gate;
/** Whether the texts of each number may leave, and if not, why. */
export const gates = hub.gates;
/** The state of the gate file, the second approval of a text: `as declared` or not. */
export const gateFile = hub.gateFile;
