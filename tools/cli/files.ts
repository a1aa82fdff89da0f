import { constants } from "node:fs";
import { access } from "node:fs/promises";

/** Whether a file or folder exists. */
export function exists(path: string): Promise<boolean> {
  return isAccessible(path, constants.F_OK);
}

/** Whether a file exists and this user may run it. */
export function isExecutable(path: string): Promise<boolean> {
  return isAccessible(path, constants.X_OK);
}

function isAccessible(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
