/** The variables that say where a script runs: `local` or `ssh`, and the settings of SSH. The key is a 1Password reference. */
export const TRANSPORT_VARIABLES = [
  "HUB_SSH_HOST",
  "HUB_SSH_HOST_KEY",
  "HUB_SSH_KEY",
  "HUB_SSH_PORT",
  "HUB_SSH_USER",
  "HUB_TRANSPORT",
] as const;

/**
 * The PATH of the person who runs `up`, in the environment of the process that runs the script. It is never a variable of a resource, because
 * each laptop would show a different diff. If it is missing, as with the bare CLI, the script uses the PATH of that process.
 */
export const PERSON_PATH = "HUB_PATH";

/** How long an agent keeps the key, in seconds. It matters if this script is killed before it ends the agent. */
const AGENT_SECONDS = 900;

/** The line that ends a script's input. Base64 has no underscore. */
const END_OF_INPUT = "HUB_INPUT";

/** The host's key must be the pinned one, and SSH never prompts. Source: https://man.openbsd.org/ssh_config */
const SSH = `over_ssh() {
  for tool in ssh ssh-add ssh-agent; do
    command -v "$tool" >/dev/null || fail "hub:transport: $tool is not on PATH where up runs; install OpenSSH's client there"
  done
  printf 'hub %s\\n' "$HUB_SSH_HOST_KEY" >"$folder/known_hosts"
  eval "$(ssh-agent -s -t ${AGENT_SECONDS})" >/dev/null
  agent=yes
  op read "$HUB_SSH_KEY" 2>"$folder/said" | ssh-add -q - 2>/dev/null ||
    fail "hub:transport.privateKey: $HUB_SSH_KEY cannot be read with op as a private key: $(tail -n 1 "$folder/said")"
  status=0
  ssh -F none -T -E "$folder/ssh" -o BatchMode=yes -o StrictHostKeyChecking=yes -o HostKeyAlias=hub -o HostKeyAlgorithms=ssh-ed25519 \\
    -o UserKnownHostsFile="$folder/known_hosts" -o GlobalKnownHostsFile=none -o UpdateHostKeys=no \\
    -o PreferredAuthentications=publickey -o IdentityFile=none -o ConnectTimeout=20 -o ServerAliveInterval=15 \\
    -p "$HUB_SSH_PORT" -l "$HUB_SSH_USER" -- "$HUB_SSH_HOST" 'exec /bin/sh -s' <"$folder/program" || status=$?
  # The client exits with 255 if it fails itself, and says why. A script may exit with 255 too.
  [ "$status" != 255 ] || [ ! -s "$folder/ssh" ] ||
    fail "hub:transport: $HUB_SSH_USER@$HUB_SSH_HOST cannot be reached, or has another key than the pinned one: $(tail -n 1 "$folder/ssh" | tr -d '\\r')"
  exit "$status"
}`;

/**
 * The text that runs a script on the handler's machine: this machine or, over SSH, another. It is the same constant for both, so a policy can
 * recognize it by its digest. The script's variables travel as assignments in front of it, because an SSH server accepts variables only if its
 * `AcceptEnv` lists them. Everything goes through the standard input: no process list shows a value, and a release is longer than a variable or an
 * argument may be. The private key is only in an agent's memory, neither in the stack's state nor in a file. On this machine the script finds
 * programs on the person's PATH ({@link PERSON_PATH}), on another machine on the PATH of its SSH server.
 *
 * @param script POSIX sh
 * @param variables the names of the variables that the script reads; each must have a value
 * @param input a script for this machine that prints, in base64, the standard input of the other script; nothing by default
 */
export function onMachine(script: string, variables: readonly string[], input = ":"): string {
  return `set -eu
fail() { echo "$1" >&2; exit 1; }
PATH="\${${PERSON_PATH}:-$PATH}"
export PATH
unset ${PERSON_PATH}
assign() { printf "export %s='%s'\\n" "$1" "$(printf %s "$2" | sed "s/'/'\\\\\\\\''/g")"; }
${SSH}
umask 077
folder="$(mktemp -d)"
agent=
trap 'rm -rf "$folder"; [ -z "$agent" ] || ssh-agent -k >/dev/null' EXIT
# Not every shell runs the EXIT trap when a signal ends it.
trap 'exit 1' HUP INT TERM
{
${variables.map((name) => `  assign ${name} "$${name}"`).join("\n")}
  cat <<'HUB_SCRIPT'
umask 022
on_machine() {
${script}
}
on_machine <<'${END_OF_INPUT}'
HUB_SCRIPT
} >"$folder/program"
(
${input}
) >>"$folder/program"
echo '${END_OF_INPUT}' >>"$folder/program"
case "$HUB_TRANSPORT" in
  local) /bin/sh "$folder/program" ;;
  ssh) over_ssh ;;
  *) fail "hub:transport: expected local or ssh; found $HUB_TRANSPORT" ;;
esac`;
}
