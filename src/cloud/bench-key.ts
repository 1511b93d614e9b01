import type { SshHost } from '../remote/ssh-host.js';

/**
 * The key by which a run on one machine reaches the others. It is made there and never leaves it; the others let it in,
 * for commands alone (`restrict`), until the environment is taken down.
 */

const MAKE = `set -eu
umask 077
mkdir -p "$(dirname "$1")"
[ -f "$1" ] || ssh-keygen -q -t ed25519 -N '' -C "$2" -f "$1"
cat "$1.pub"`;

/** A last line without an end would swallow ours. */
const ADMIT = `set -eu
umask 077
mkdir -p "$HOME/.ssh"
file=$HOME/.ssh/authorized_keys
touch "$file"
if grep -qF -- "$1" "$file"; then exit 0; fi
if [ -s "$file" ] && [ -n "$(tail -c 1 "$file")" ]; then echo >>"$file"; fi
printf 'restrict %s\\n' "$1" >>"$file"`;

/** Written over in place: owner, mode and links stay as they are. */
const DISMISS = `set -eu
file=$HOME/.ssh/authorized_keys
[ -f "$file" ] || exit 0
rest=$(mktemp)
trap 'rm -f "$rest"' EXIT
grep -vF -- "$1" "$file" >"$rest" || [ $? = 1 ]
cat "$rest" >"$file"`;

/**
 * @param path of the private key there
 * @returns the public one, `ssh-ed25519 AAAA… comment`
 */
export async function makeBenchKey(host: SshHost, path: string, comment: string, signal: AbortSignal): Promise<string> {
  const text = await host.mustRun('make a key for the other machines', ['sh', '-c', MAKE, 'sh', path, comment], {
    signal,
  });
  return text.trim();
}

/** Let a key in, as the user who logs in there. */
export async function admitKey(host: SshHost, publicKey: string, signal: AbortSignal): Promise<void> {
  const words = ['sh', '-c', ADMIT, 'sh', publicKey];
  await host.mustRun('let the gateway’s machine in', words, { signal, asLogin: true });
}

/** No longer let a key in. */
export async function dismissKey(host: SshHost, publicKey: string): Promise<void> {
  await host.mustRun('shut the gateway’s machine out', ['sh', '-c', DISMISS, 'sh', publicKey], { asLogin: true });
}
