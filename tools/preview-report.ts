/** The steps of a preview, for the demo and the engine tests. */
export { type PreviewStep, previewSteps } from "./plan/preview-json.ts";
