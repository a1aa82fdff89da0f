/** The scripts for the gate file as they are run on the handler's machine. */
import { onMachine } from "./on-machine.ts";
import { LOOK_AT_GATE_FILE, REMOVE_GATE_FILE, SHUT_GATE_FILE, WRITE_GATE_FILE } from "./write-gate-file.ts";

const COMPARED = ["HUB_GATE", "HUB_GATE_FILE", "HUB_GATE_MAC"];

/** Writes the file. */
export const WRITE_ON_MACHINE = onMachine(WRITE_GATE_FILE, COMPARED);

/** Removes the file. */
export const REMOVE_ON_MACHINE = onMachine(REMOVE_GATE_FILE, ["HUB_GATE_FILE"]);

/** Removes a file that could approve. The tools run it after an `up` that did not end well; no resource does. */
export const SHUT_ON_MACHINE = onMachine(SHUT_GATE_FILE, ["HUB_GATE", "HUB_GATE_FILE", "HUB_USER"]);

/** Prints how the file is, and changes nothing. */
export const LOOK_ON_MACHINE = onMachine(LOOK_AT_GATE_FILE, COMPARED);
