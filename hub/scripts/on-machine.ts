/** The names of the variables that say where a script runs: `local` or `ssh`, and what SSH needs. The key is a 1Password reference. */
export const TRANSPORT_VARIABLES = [
  "HUB_SSH_HOST",
  "HUB_SSH_HOST_KEY",
  "HUB_SSH_KEY",
  "HUB_SSH_PORT",
  "HUB_SSH_USER",
  "HUB_TRANSPORT",
] as const;

/**
 * The PATH of the person who runs `up`, in the environment of the process that runs the script. It is never a variable of a resource: each
 * laptop would show another diff. If it is missing, as under the bare CLI, the PATH of that process counts.
 */
export const PERSON_PATH = "HUB_PATH";

/** How long an agent keeps the key where this script is killed before it ends the agent, in seconds. */
const AGENT_SECONDS = 900;

/** The line that ends a script's input. No line of base64 has an underscore. */
const END_OF_INPUT = "HUB_INPUT";

/** The host's key must be the one that is pinned, and nobody is asked anything. Source: https://man.openbsd.org/ssh_config */
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
  # The client ends so where it fails itself, and says why; a script may end so too.
  [ "$status" != 255 ] || [ ! -s "$folder/ssh" ] ||
    fail "hub:transport: $HUB_SSH_USER@$HUB_SSH_HOST cannot be reached, or has another key than the pinned one: $(tail -n 1 "$folder/ssh" | tr -d '\\r')"
  exit "$status"
}`;

/**
 * The text that runs a script on the handler's machine: this one or, over SSH, another. It is the same text for both, and a constant, so a policy
 * can know it by its digest. The script's variables travel as assignments in front of it, since a server takes variables over SSH only where its
 * `AcceptEnv` says so. All of it goes through the standard input: no list of processes shows a value, and a release is longer than a variable or
 * an argument may be. The private key is in an agent's memory alone, neither in the stack's state nor in a file. On this machine the script
 * finds programs on the PATH of the person ({@link PERSON_PATH}), on another one on the PATH that its SSH server gives.
 *
 * @param script POSIX sh
 * @param variables the names of the variables that the script reads; each must have a value
 * @param input a script for this machine that prints, in base64, what the other one finds on its standard input; nothing by default
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
# Not every shell comes to its end by way of EXIT when a signal comes.
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
