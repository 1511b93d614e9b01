import { isIPv4, isIPv6 } from 'node:net';
import { redactPath } from './redact-path.js';

/** What is known to be private, beside what private things look like. */
export interface PrivateValues {
  /** Host names and addresses, each with the name that it is published under. */
  hosts: ReadonlyMap<string, string>;
  users: ReadonlySet<string>;
  /** Values of environment variables. */
  secrets: ReadonlySet<string>;
}

/** Takes what is private out of text. The same text always becomes the same. */
export interface Redactor {
  /** Of people and programs: log lines, errors, notes, file names. */
  text(text: string): string;
  /** A function's name, in which `threading.local` is no host. */
  symbol(text: string): string;
}

type Rule = readonly [pattern: RegExp, replacement: string | ((match: string, ...groups: string[]) => string)];

const SECRET = '[secret]';
const ADDRESS = '[address]';

const SCHEME = '(?:(?:Bearer|Basic|Digest|Token)\\s+)?';
const SECRET_NAME =
  'api[_-]?key|access[_-]?key|private[_-]?key|token|secret|passw(?:or)?d|passphrase|authorization|credentials?|cookie';

const SECRETS: readonly Rule[] = [
  [/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g, SECRET],
  // As vendors write them: OpenAI, GitHub, GitLab, Slack, AWS, Google, npm, Hugging Face, and JSON Web Tokens.
  [/\b(?:sk|pk|rk)[-_](?=[\w-]*\d)[\w-]{8,}/g, SECRET],
  [/\b(?:gh[opsur]_|github_pat_|glpat-|hf_|npm_)\w[\w-]{15,}/g, SECRET],
  [/\bxox[abeprs]-[\w-]{8,}/g, SECRET],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, SECRET],
  [/\b(?:AIza[\w-]{30,}|ya29\.[\w-]{16,})/g, SECRET],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]+)?/g, SECRET],
  [/\b(Bearer|Basic)\s+(?=\S*\d|\S{20})[\w.~+/=-]{8,}/g, `$1 ${SECRET}`],
  // `api_key: "…"`, `password=…`, `Authorization: Bearer …`; not `tokens=128`.
  [
    new RegExp(`((?:${SECRET_NAME})["']?\\s*[:=]\\s*["']?)(?!\\d+\\b|\\[)${SCHEME}[^\\s"',;&)\\]}]{4,}`, 'gi'),
    `$1${SECRET}`,
  ],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, '$1[user]@'],
];

const ADDRESSES: readonly Rule[] = [
  [/(?<![0-9A-Za-z:-])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?![0-9A-Za-z:-])/g, ADDRESS],
  [/(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\d|\.\d)/g, publicV4],
  [/(?<![\w:])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?:%\w+)?(?![\w:])/g, publicV6],
  [
    /(?<=\b(?:ip|ipv6|ip6|inet6|addr|address|host|peer|from|to):)(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?:%\w+)?/gi,
    publicV6,
  ],
];

/** `me@bench.example.com` and `me@devbox: …`; not `memcpy@plt`, `name@sha256:…` or `package@1.2.3`. */
const MAILBOXES: readonly Rule[] = [
  [/[\w.+-]+@(machine-\d+|\[address\])/g, '$1'],
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}\b/g, '[user]@[host]'],
  [/\b[a-z_][\w.-]*@(?!sha\d+:|npm:|plt\b)[A-Za-z][\w-]*(?=: )/g, '[user]@[host]'],
];

const PRIVATE_DOMAINS: readonly Rule[] = [
  [/\b[\w-]+(?:\.[\w-]+)*\.(?:local|internal|lan|corp|intranet|localdomain)\b(?!\.\w)/gi, '[host]'],
];

const PATHS: readonly Rule[] = [
  [/\bfile:\/\/(\/[^\s"'<>:)]*)/g, (_, path) => redactPath(path ?? '')],
  // After an option: `-L/home/me/lib`.
  [/(?<=(?:^|\s)-[A-Za-z])\/[^\s"'`<>|:;,()[\]{}]+/g, redactPath],
  [/(?<![\w.~/\]…-])\/(?!\/)[^\s"'`<>|:;,*?()[\]{}=&\\]+/g, redactPath],
  [/\b[A-Za-z]:\\[^\s"'<>|]+/g, '[path]'],
  [/(?<![\w/])~[a-z_][\w-]*(?=\/)/g, '[path]'],
];

/** A redactor that knows what to look for. */
export function redactorOf(values: PrivateValues): Redactor {
  const { secrets, names } = knownRules(values);
  // Paths before the names in them: what is left of a path has no gap in its middle.
  const symbols = [...secrets, ...SECRETS, ...PATHS, ...names, ...ADDRESSES, ...MAILBOXES];
  const texts = [...symbols, ...PRIVATE_DOMAINS];
  return { text: remembering((text) => applied(texts, text)), symbol: remembering((text) => applied(symbols, text)) };
}

function applied(rules: readonly Rule[], text: string): string {
  return rules.reduce(
    (changed, [pattern, replacement]) =>
      typeof replacement === 'string' ? changed.replace(pattern, replacement) : changed.replace(pattern, replacement),
    text,
  );
}

/** Profiles name the same file thousands of times. */
function remembering(redact: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    let redacted = known.get(text);
    if (redacted === undefined) {
      redacted = redact(text);
      known.set(text, redacted);
    }
    return redacted;
  };
}

/** Longer values first: one may be a part of another. */
function knownRules({ hosts, users, secrets }: PrivateValues): { secrets: Rule[]; names: Rule[] } {
  const secretRules = byLength(secrets).map((value): Rule => [new RegExp(escaped(value), 'g'), SECRET]);
  const hostRules = byLength(hosts.keys()).map(
    (host): Rule => [
      // With the domain, or the domain's rest, that follows.
      new RegExp(`(?<![A-Za-z0-9])${escaped(host)}(?:\\.[A-Za-z0-9-]+)*(?![A-Za-z0-9])`, 'gi'),
      hosts.get(host) ?? '[host]',
    ],
  );
  const userRules = byLength(users).map(
    (user): Rule => [new RegExp(`(?<![A-Za-z0-9])${escaped(user)}(?![A-Za-z0-9])`, 'gi'), '[user]'],
  );
  return { secrets: secretRules, names: [...hostRules, ...userRules] };
}

function byLength(values: Iterable<string>): string[] {
  return [...values].sort((a, b) => b.length - a.length || a.localeCompare(b));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

/** Loopback, and "every address", say nothing of a network. */
function publicV4(text: string): string {
  return !isIPv4(text) || text.startsWith('127.') || text === '0.0.0.0' ? text : ADDRESS;
}

/** A time of day and `std::vector` are none either. */
function publicV6(text: string): string {
  const address = text.replace(/%.*$/, '');
  if (address === '::1' || address === '::' || !/\d/.test(address)) return text;
  return isIPv6(address) ? ADDRESS : text;
}
