import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { withNewPin, withVersionBeside } from '../../../src/app/upgrade/edit-manifest.js';
import { PACKAGE_ROOT } from '../../../src/lib/paths.js';
import { GatewayManifest } from '../../../src/model/gateway.js';
import type { InstallMethod } from '../../../src/model/install-method.js';

const manifestOf = (name: string) => readFileSync(join(PACKAGE_ROOT, 'gateways', name, 'gateway.yaml'), 'utf8');
const parsed = (text: string) => GatewayManifest.parse(parse(text));

function methodsOf(text: string): InstallMethod[] {
  const manifest = parsed(text);
  return manifest.kind === 'process' ? manifest.install : [];
}

/** Lines of `after` that `before` hasn't. */
function newLines(before: string, after: string): string[] {
  const old = before.split('\n');
  return after.split('\n').filter((line) => !old.includes(line));
}

describe('a new pin', () => {
  it('changes what pins the version and nothing else, comments included', () => {
    const text = manifestOf('ferro');
    const [before] = methodsOf(text);
    if (before?.method !== 'go') throw new Error('ferro is a Go module');
    const after = { ...before, version: 'v1.4.5', sum: 'h1:abc=' };
    const changed = withNewPin(text, '1.4.5', [{ index: 0, before, after }]);
    expect(newLines(text, changed)).toEqual(['version: 1.4.5', '    version: v1.4.5', '    sum: h1:abc=']);
    expect(changed.split('\n').length).toBe(text.split('\n').length);
    expect(methodsOf(changed)[0]).toEqual(after);
  });

  it('adds a sum where there was none, and empties what is not known of the new version', () => {
    const text = [
      'version: 1.0.0',
      'install:',
      '  - method: go # by Go',
      '    module: example.com/x',
      '  - method: apt',
      '    packages: [kong=1.0.0]',
      '    sha256: { bookworm-amd64: abc }',
      '',
    ].join('\n');
    const go = { method: 'go', module: 'example.com/x' } as InstallMethod;
    const apt = {
      method: 'apt',
      packages: ['kong=1.0.0'],
      sha256: { 'bookworm-amd64': 'abc' },
    } as unknown as InstallMethod;
    const changed = withNewPin(text, '1.1.0', [
      { index: 0, before: go, after: { ...go, sum: 'h1:x=' } as InstallMethod },
      { index: 1, before: apt, after: { ...apt, packages: ['kong=1.1.0'], sha256: {} } as InstallMethod },
    ]);
    expect(parse(changed)).toEqual({
      version: '1.1.0',
      install: [
        { method: 'go', sum: 'h1:x=', module: 'example.com/x' },
        { method: 'apt', packages: ['kong=1.1.0'], sha256: {} },
      ],
    });
    expect(changed).toContain('# by Go');
  });
});

describe('a version beside the pinned one', () => {
  const install: InstallMethod[] = [
    { method: 'pip', lock: 'requirements-9.9.9.lock', python: ['3.11'], program: 'bin/litellm' },
  ];

  it('is a variant of its name, behind the others, and all else stays', () => {
    const text = manifestOf('litellm');
    const changed = withVersionBeside(text, { version: '9.9.9', title: 'LiteLLM 9.9.9', install });
    expect(changed.startsWith(text.trimEnd()), 'nothing above it has changed').toBe(true);
    const manifest = parsed(changed);
    expect(Object.keys(manifest.variants)).toEqual([...Object.keys(parsed(text).variants), '9.9.9']);
    expect(manifest.variants['9.9.9']).toMatchObject({ version: '9.9.9', title: 'LiteLLM 9.9.9', install });
  });

  it.each(['', 'variants: {}\n'])('is the first one of a manifest that ends with "%s"', (variants) => {
    const text = `${manifestOf('haproxy')}${variants}`;
    const manifest = parsed(withVersionBeside(text, { version: '9.9.9', title: 'P 9.9.9', install }));
    expect(manifest.variants['9.9.9']).toMatchObject({ version: '9.9.9', install });
  });
});
