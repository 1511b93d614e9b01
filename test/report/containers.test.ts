import { describe, expect, it } from 'vitest';
import { reproduceCommands } from '../../src/report/reproduce.js';
import { recordOf, runOf } from '../support/record-builder.js';

const SUM = `sha256:${'0'.repeat(64)}`;
const IMAGE = `example.org/sample@${SUM}`;

describe('a run in containers', () => {
  it('is done again by pulling the images, and installing the rest', () => {
    const run = runOf([recordOf({ gateway: 'direct', vus: 50 }), recordOf({ gateway: 'sample', vus: 50 })]);
    const gateways = run.gateways.map((planned) =>
      planned.gateway === 'sample' ? { ...planned, image: IMAGE } : planned,
    );
    const commands = reproduceCommands({ ...run, gateways, runtime: 'podman' });
    expect(commands).toContain(`podman pull ${IMAGE}`);
    expect(commands).toContain('gatebench setup direct');
    expect(commands.at(-1)).toContain('--runtime podman');
    // An image that only this machine has can't be pulled.
    const own = gateways.map((planned) => (planned.image === undefined ? planned : { ...planned, image: SUM }));
    expect(reproduceCommands({ ...run, gateways: own, runtime: 'podman' }).join('\n')).not.toContain('pull');
  });

  it('is not mentioned where everything is a process', () => {
    expect(reproduceCommands(runOf([recordOf({ gateway: 'direct', vus: 50 })])).join('\n')).not.toContain('--runtime');
  });
});
