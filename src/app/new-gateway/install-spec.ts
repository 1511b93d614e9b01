import { UsageError } from '../../lib/errors.js';

/** How a new gateway is installed, in a word: `npm:@portkey-ai/gateway@1.15.2`. */
export interface InstallSpec {
  kind: (typeof KINDS)[number];
  /** Package, module, address of a release file or path of a program. */
  name: string;
  /** `[proxy]` of a Python package; the package of a Go module, `./cmd/x`. */
  part: string;
  /** Without a leading v; null for the newest one. */
  version: string | null;
}

const KINDS = ['npm', 'pip', 'go', 'cargo', 'deb', 'download', 'existing'] as const;

/** For help, questions and errors. */
const SPEC_EXAMPLES = [
  'npm:@portkey-ai/gateway@1.15.2',
  'pip:litellm[proxy]@1.82.6',
  'go:example.com/gateway//cmd/gw@v1.2.3',
  'cargo:a-gateway@1.2.3',
  'deb:nginx',
  'download:https://example.com/gw-{version}-{os}-{arch}.tar.gz@1.2.3',
  'existing:/usr/local/bin/gw',
];

/**
 * Parse what `--install` takes.
 * @throws UsageError for anything else
 */
export function parseInstallSpec(text: string): InstallSpec {
  const [, kindText = '', rest = ''] = /^([a-z]+):(.+)$/.exec(text.trim()) ?? [];
  const kind = KINDS.find((each) => each === kindText);
  if (kind === undefined || rest === '') {
    throw new UsageError(`"${text}" doesn't say how it is installed`, `write such as ${SPEC_EXAMPLES.join(', ')}`);
  }
  // The first character may be the @ of an npm scope.
  const at = kind === 'pip' && rest.includes('==') ? rest.indexOf('==') : rest.lastIndexOf('@');
  const hasVersion = at > 0;
  const full = hasVersion ? rest.slice(0, at) : rest;
  const version = hasVersion ? rest.slice(at).replace(/^(==|@)v?/, '') : null;
  if (version === '') throw new UsageError(`"${text}" ends without a version`, 'write one, or leave the @ out too');
  const { name, part } = partsOf(kind, full);
  return { kind, name, part, version };
}

function partsOf(kind: InstallSpec['kind'], full: string): { name: string; part: string } {
  if (kind === 'pip') {
    const [, name = full, part = ''] = /^([^[]+)(\[.*\])$/.exec(full) ?? [];
    return { name, part };
  }
  if (kind === 'go') {
    const [name = full, below] = full.split('//');
    return { name, part: below === undefined ? '.' : `./${below}` };
  }
  return { name: full, part: '' };
}
