/**
 * The 1Password item of a signing key. Each key has an item of its own, which is only ever created: nothing that is in the vault can be overwritten.
 * Sources: https://developer.1password.com/docs/cli/reference/management-commands/item/ and https://developer.1password.com/docs/cli/item-template-json/
 */
import { z } from "zod";
import { runOp, type Variables } from "../../handlers/start/op.ts";
import { OpRefusal } from "../../handlers/start/op-failure.ts";
import { OpReference } from "../../hub/values/values.ts";
import { UserError } from "../cli/run-tool.ts";
import { pipeToOp } from "./pipe-to-op.ts";

/** The place of a key's secret. */
export interface KeyItem {
  readonly vault: string;
  readonly title: string;
  readonly section?: string;
  readonly field: string;
  /** The reference of the secret. */
  readonly secret: OpReference;
  /** The reference of the key's ID, which shows whose secret the item holds. */
  readonly id: OpReference;
}

/** The name of the field with the key's ID. */
const ID_FIELD = "key-id";

const Titles = z.array(z.object({ id: z.string(), title: z.string() }));

/**
 * Reads the value of `--item`.
 *
 * @throws UserError if it is not a 1Password reference
 */
export function parseKeyItem(text: string | undefined): KeyItem {
  const { data: secret } = OpReference.safeParse(text);
  const [vault, title, ...rest] = secret?.slice("op://".length).split("/") ?? [];
  const field = rest.at(-1);
  if (secret === undefined || !vault || !title || !field || field.includes("?") || field === ID_FIELD) {
    throw new UserError(
      `--item: expected the reference that the secret will have, op://vault/item/field or op://vault/item/section/field, for example op://Aurora/signing-2026-12/secret`,
    );
  }
  const [section] = rest.length === 2 ? rest : [];
  const id = OpReference.parse(`op://${vault}/${title}/${ID_FIELD}`);
  return { vault, title, ...(section !== undefined && { section }), field, secret, id };
}

/**
 * Whether the vault has an item of this title. It reads the items' titles, and no field.
 *
 * @throws UserError with the message of `op` if it cannot list the vault
 */
export async function itemExists({ vault, title, secret }: KeyItem, variables: Variables): Promise<boolean> {
  const listed = await runOp(["item", "list", "--vault", vault, "--format", "json"], variables).catch(
    (cause: Error) => {
      throw new UserError(`--item ${secret}: 1Password's CLI cannot list the vault "${vault}": ${said(cause)}`, {
        cause,
      });
    },
  );
  const same = (name: string) => name.toLowerCase() === title.toLowerCase();
  return Titles.parse(JSON.parse(listed)).some((item) => same(item.title) || same(item.id));
}

/**
 * Creates the item. The secret travels to `op` on its standard input alone.
 *
 * @throws UserError with the message of `op`, which does not contain the secret, if it refuses
 */
export async function createItem(item: KeyItem, key: { readonly id: string; readonly secret: string }): Promise<void> {
  const { vault, title, section, field } = item;
  const template = {
    title,
    category: "SECURE_NOTE",
    ...(section !== undefined && { sections: [{ id: SECTION, label: section }] }),
    fields: [
      {
        ...{ id: "secret", type: "CONCEALED", label: field, value: key.secret },
        ...(section !== undefined && { section: { id: SECTION } }),
      },
      { id: ID_FIELD, type: "STRING", label: ID_FIELD, value: key.id },
    ],
  };
  const refused = await pipeToOp(["item", "create", "-", "--vault", vault], JSON.stringify(template));
  if (refused !== undefined)
    throw new UserError(`1Password's CLI did not take the secret: ${refused.replaceAll(key.secret, "…")}`);
}

const SECTION = "section";

function said(cause: Error): string {
  return cause instanceof OpRefusal ? cause.message.replace(/\s+/g, " ") : cause.message;
}
