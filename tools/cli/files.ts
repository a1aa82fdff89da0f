import { constants } from "node:fs";
import { access } from "node:fs/promises";

/** Whether a file or folder is there. */
export function exists(path: string): Promise<boolean> {
  return isAccessible(path, constants.F_OK);
}

/** Whether a file is there that may be run. */
export function isExecutable(path: string): Promise<boolean> {
  return isAccessible(path, constants.X_OK);
}

function isAccessible(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
