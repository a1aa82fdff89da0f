import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT } from "../cli/paths.ts";

/** The parts of the project that a run of the CLI needs. */
const PARTS = [
  ...["hub", "infra", "handlers", "policies", "loopback", "sdks", "supabase", "tools"],
  ...["package.json", "Pulumi.yaml", "Pulumi.loopback.yaml", "tsconfig.json"],
];

/** A copy of the project whose sources can be changed. */
export interface ProjectCopy {
  readonly folder: string;
  /**
   * Replaces a text in a file of the copy.
   *
   * @throws Error if the file does not contain the text
   */
  replace(file: string, text: string, replacement: string): Promise<void>;
  close(): Promise<void>;
}

/** Copies the project's sources to a new folder. The installed packages are shared. */
export async function copyProject(): Promise<ProjectCopy> {
  const folder = await mkdtemp(join(tmpdir(), "twilio-hub-project-"));
  for (const part of PARTS) await cp(join(PROJECT, part), join(folder, part), { recursive: true });
  await symlink(join(PROJECT, "node_modules"), join(folder, "node_modules"));
  return {
    folder,
    async replace(file, text, replacement) {
      const path = join(folder, file);
      const content = await readFile(path, "utf8");
      if (!content.includes(text)) throw new Error(`${file} does not contain ${JSON.stringify(text)}`);
      await writeFile(path, content.replaceAll(text, replacement));
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The line of `infra/index.ts` that refuses blocked types without the policy pack. */
export const PROGRAM_GUARD = "refuseBlockedTypes(stack);";

/** Adds an A2P campaign to the copy's program, as a person who has not read the compliance alert would. */
export async function addCampaign(copy: ProjectCopy): Promise<void> {
  const program = join(copy.folder, "infra", "index.ts");
  const campaign = `
import * as twilio from "@pulumi/twilio";
const marketing = new twilio.Provider("marketing", { username: "AC${"0".repeat(32)}", password: "made-up" });
new twilio.MessagingServicesComplianceUsa2pV1("spring-offers", {
  messagingServiceSid: "MG00000000000000000000000000000000",
  brandRegistrationSid: "BN00000000000000000000000000000000",
  description: "Spring offers",
  messageFlow: "Visitors sign up on the site",
  messageSamples: ["Our spring offers are here"],
  usAppToPersonUsecase: "MARKETING",
  hasEmbeddedLinks: false,
  hasEmbeddedPhone: false,
}, { provider: marketing });
`;
  await writeFile(program, `${await readFile(program, "utf8")}${campaign}`);
}
