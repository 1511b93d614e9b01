import { afterEach, describe, expect, test } from 'vitest';
import { chatRequest, RawConnection } from './raw-connection.js';
import { hasEnded, runMock, type StartedMock, startMock, until } from './started-mock.js';

let mock: StartedMock | null = null;
afterEach(async () => {
  await mock?.stop();
  mock = null;
});

test('its starter is told the port and the process', async () => {
  mock = await startMock();
  expect(mock.ready).toEqual({ type: 'listening', port: mock.port, pids: [mock.program.pid] });
});

describe('--processes', () => {
  test('share the port, and each answers', async () => {
    mock = await startMock('--processes', '3');
    expect(mock.pids).toHaveLength(4);
    expect(mock.pids[0]).toBe(mock.program.pid);
    const { port } = mock;
    const connections = await Promise.all(Array.from({ length: 6 }, () => RawConnection.open(port)));
    for (const connection of connections) connection.write(chatRequest('{"model":"m"}') + chatRequest('{}'));
    await Promise.all(connections.map((connection) => connection.receive('"usage"', 2)));
    const stats = await mock.stats();
    expect(stats).toMatchObject({ processes: 3, requests: 12, completions: 12, latenessUs: { count: 12 } });
    expect(stats.eventLoopUtilisation.perProcess).toHaveLength(3);
    expect(stats.eventLoopUtilisation.busiest).toBe(Math.max(...stats.eventLoopUtilisation.perProcess));
    for (const connection of connections) connection.socket.destroy();
  });

  test('a reset reaches all of them, whichever is asked', async () => {
    mock = await startMock('--processes', '2');
    for (let i = 0; i < 4; i++) {
      const connection = await RawConnection.open(mock.port);
      connection.write(chatRequest('{}'));
      await connection.receive('"usage"');
      connection.socket.destroy();
    }
    expect((await mock.stats()).requests).toBe(4);
    await mock.resetStats();
    for (let i = 0; i < 2; i++) expect(await mock.stats()).toMatchObject({ requests: 0, latenessUs: { count: 0 } });
  });

  test('one that dies takes all down, and says so', async () => {
    const started = await startMock('--processes', '2');
    const [, worker = 0] = started.pids;
    process.kill(worker, 'SIGKILL');
    const { exitCode, stderr } = await started.program;
    expect([exitCode, stderr]).toEqual([1, `mock upstream: process ${worker} ended by itself (SIGKILL)`]);
    expect(started.pids.filter((pid) => !hasEnded(pid))).toEqual([]);
  });
});

describe.concurrent.each([['1'], ['2']])('the end, with %s process(es)', (processes) => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s: exits 0, mid-wait as well, and nothing is left', async (signal) => {
    const started = await startMock('--processes', processes, '--latency', '1h');
    const connection = await RawConnection.open(started.port);
    connection.write(chatRequest('{}'));
    await until(async () => (await started.stats()).requests === 1);
    started.program.kill(signal);
    expect(await started.program).toMatchObject({ exitCode: 0, stderr: '' });
    expect(started.pids.filter((pid) => !hasEnded(pid))).toEqual([]);
    await connection.receiveToEnd();
  });

  test('a signal to the whole group, as a terminal sends it, wherever it comes in first', async () => {
    const started = await startMock('--processes', processes);
    const [first = 0, ...others] = started.pids;
    for (const pid of others) process.kill(pid, 'SIGINT');
    expect((await started.stats()).processes).toBe(Number(processes));
    process.kill(first, 'SIGINT');
    expect(await started.program).toMatchObject({ exitCode: 0, stderr: '' });
    expect(started.pids.filter((pid) => !hasEnded(pid))).toEqual([]);
  });

  test('the starter that hangs up ends it', async () => {
    const started = await startMock('--processes', processes);
    started.program.disconnect();
    expect(await started.program).toMatchObject({ exitCode: 0 });
    await until(() => started.pids.every(hasEnded));
  });

  test('killed outright, it leaves no process behind', async () => {
    const started = await startMock('--processes', processes);
    started.program.kill('SIGKILL');
    await started.program;
    await until(() => started.pids.every(hasEnded));
  });

  test('a port in use is named, and exits 1', async () => {
    const first = await startMock();
    const { exitCode, stdout, stderr } = await runMock('--port', String(first.port), '--processes', processes).program;
    await first.stop();
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(new RegExp(`^mock upstream: port ${first.port} on 127.0.0.1 is in use: .*--port.*$`));
  });

  test('a host of another machine is named, and exits 1', async () => {
    const { exitCode, stderr } = await runMock('--host', '192.0.2.1', '--port', '0', '--processes', processes).program;
    expect([exitCode, stderr.split('\n').length]).toEqual([1, 1]);
    expect(stderr).toContain('192.0.2.1 is not an address of this machine');
  });

  test('started by a person, it says where it listens, in one line', async () => {
    const { program, lines } = runMock('-port=0', '-latency=1.5s', '-processes', processes);
    const [line = ''] = await lines(1);
    expect(line).toMatch(/^mock upstream listening on http:\/\/127\.0\.0\.1:\d+, latency 1\.5s$/);
    const origin = /http:[^,]+/.exec(line)?.[0];
    expect((await fetch(`${origin}/health`)).status).toBe(200);
    program.kill('SIGTERM');
    expect((await program).exitCode).toBe(0);
  });
});

describe.concurrent('the command line', () => {
  test('--help: examples, exit 0', async () => {
    const { exitCode, stdout, stderr } = await runMock('--help').program;
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout.split('Examples:')[1]?.trim().split('\n')).toHaveLength(4);
    const flags = [
      '--contract',
      '--fault',
      '--port',
      '--latency',
      '--seed',
      '--record',
      '--stream-chunk-delay-ms',
      '--host',
      '--processes',
    ];
    for (const flag of [...flags, '--quiet']) expect(stdout).toContain(flag);
  });

  test('a bad flag: what is wrong and what to do, exit 2', async () => {
    const { exitCode, stdout, stderr } = await runMock('--latency', '60').program;
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr.split('\n')).toEqual([
      `mock upstream: -latency can't be "60": it has no unit; durations look like 60ms, 1.5s or 250us`,
      'Run it with --help for its flags.',
    ]);
  });

  test('without --quiet the request rate is printed every 5 s', async () => {
    const { program, lines } = runMock('-port=0');
    const [, rate] = await lines(2);
    expect(rate).toBe('request rate: 0.0 RPS (total: 0)');
    program.kill('SIGTERM');
    await program;
  });
});
