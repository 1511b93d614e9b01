import { describe, expect, it } from 'vitest';
import { CellRecord } from '../../src/model/record.js';
import { resolveVariant } from '../../src/model/resolved-gateway.js';
import type { GatewayRuntime } from '../../src/model/runtime.js';
import { blankRecord } from '../../src/run/cell-record.js';
import { aManifest } from '../support/manifest.js';
import { recordOf } from '../support/record-builder.js';

const SUM = `sha256:${'0'.repeat(64)}`;
const IMAGE = `example.org/sample@${SUM}`;

describe('the record of a container', () => {
  const gateway = resolveVariant(aManifest(), 'default', '/');
  const cell = {
    id: 'x',
    gateway: 'sample',
    variant: 'default',
    scenario: 's',
    vus: 1,
    repeat: 1,
    stream: false,
    profiler: null,
  };
  const engine = { name: 'native', version: '1', unavailable: async () => null, start: async () => never() };
  const infoFor = (image: string) => {
    const runtime: GatewayRuntime = { kind: 'container', engine: 'docker', engineVersion: '1', image, imageId: SUM };
    return blankRecord({ cell, gateway, receipt: null, runtime }, engine).gateway;
  };

  it('says what pins the image: a digest, or the ID of one that no registry has', () => {
    expect(infoFor(IMAGE)).toMatchObject({ installedBy: 'docker image', pinnedBy: `digest ${SUM}`, version: '1.0.0' });
    expect(infoFor(SUM)).toMatchObject({ pinnedBy: `image ID ${SUM}` });
  });

  it('of before there were containers is that of a process', () => {
    const { runtime: _, ...old } = recordOf({ gateway: 'sample', vus: 1 }).gateway;
    const record = CellRecord.parse({ ...recordOf({ gateway: 'sample', vus: 1 }), gateway: old });
    expect(record.gateway.runtime).toEqual({ kind: 'process' });
  });
});

function never(): never {
  throw new Error('nothing is loaded here');
}
