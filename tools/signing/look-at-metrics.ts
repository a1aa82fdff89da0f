import { onMachine } from "../../hub/scripts/on-machine.ts";

/** The line that {@link LOOK_AT_METRICS} prints if no handler answers. */
export const NOTHING_ANSWERS = "nothing answers";

/** Prints the metrics of the handler's admin port. */
const READ = `fetch("http://127.0.0.1:" + process.argv[1] + "/metrics", { signal: AbortSignal.timeout(5000) })
  .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
  .then((text) => process.stdout.write(text), () => console.log("${NOTHING_ANSWERS}"));`;

/**
 * The shell script that prints the metrics of the handler that runs, in Prometheus' format. Of several processes, one answers. It changes nothing, and
 * reads `HUB_ADMIN_PORT`.
 */
export const LOOK_AT_METRICS = onMachine(`node -e '${READ}' "$HUB_ADMIN_PORT"`, ["HUB_ADMIN_PORT"]);
