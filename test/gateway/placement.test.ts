import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { canPin, readTopology } from '../../src/gateway/placement.js';
import { compiledProgram } from '../../src/lib/paths.js';
import { pinnedCommand } from '../../src/lib/pinned-command.js';
import { cpuList } from '../../src/model/cpus.js';

const topology = readTopology();
const possible = canPin() && topology !== null;
if (!possible) process.stderr.write('\nSKIPPED on this machine: pinning to CPUs: no taskset, or no /proc\n');

const allowedIn = (text: string) => /^Cpus_allowed_list:\s*(\S+)$/m.exec(text)?.[1];

describe('pinnedCommand', () => {
  it('leaves a command alone that may run anywhere', () => {
    expect(pinnedCommand(null, { command: 'nginx', args: ['-v'] })).toEqual({ command: 'nginx', args: ['-v'] });
  });
});

describe.skipIf(!possible)('on this machine', () => {
  const last = String(topology?.allowed.at(-1));

  it('knows the CPUs, each in one core', () => {
    expect(topology?.cores.flat().sort((a, b) => a - b)).toEqual(topology?.allowed);
  });

  it('starts a program on the CPUs that are its own', () => {
    const { command, args } = pinnedCommand(last, { command: 'cat', args: ['/proc/self/status'] });
    expect(allowedIn(execFileSync(command, args, { encoding: 'utf8' }))).toBe(last);
  });

  it('puts a process and all it starts on CPUs, from which a gateway can be put on others', () => {
    const program = `
      import { execFileSync } from 'node:child_process';
      import { availableParallelism } from 'node:os';
      import { pinThisProcess } from ${JSON.stringify(pathToFileURL(compiledProgram('src/gateway/placement')).href)};
      import { pinnedCommand } from ${JSON.stringify(pathToFileURL(compiledProgram('src/lib/pinned-command')).href)};
      await pinThisProcess(${JSON.stringify(last)});
      const child = () => execFileSync('cat', ['/proc/self/status'], { encoding: 'utf8' });
      const { command, args } = pinnedCommand(${JSON.stringify(cpuList(topology?.allowed ?? []))}, { command: 'cat', args: ['/proc/self/status'] });
      const gateway = execFileSync(command, args, { encoding: 'utf8' });
      console.log(JSON.stringify({ child: child(), gateway, cores: availableParallelism() }));
      await pinThisProcess('4000').catch((error) => console.log(JSON.stringify({ message: error.message })));`;
    const [placed, refused] = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
      encoding: 'utf8',
    })
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(allowedIn(placed.child)).toBe(last);
    expect(allowedIn(placed.gateway)).toBe(cpuList(topology?.allowed ?? []));
    expect(placed.cores).toBe(1);
    expect(refused.message).toMatch(/can't pin .* to CPUs 4000/);
  });
});
