import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import type { z } from 'zod';
import { Profile } from '../../src/model/profile.js';
import { CellRecord } from '../../src/model/record.js';
import { Sample } from '../../src/model/resources.js';
import { Run } from '../../src/model/run.js';
import { exampleProfile } from './example-profile.js';
import { exampleRun } from './example-run.js';
import { latencyOf, recordOf, runOf } from './record-builder.js';

/** What must be on no published page. */
export const ENVIRONMENT = {
  USER: 'privuser7',
  HOME: '/home/privhome7',
  MY_GATEWAY_TOKEN: 'privEnvironmentValue',
  DEPLOYED_AS: 'privdeploy-0815-of-many',
};

/** Everything private in one sentence, as a program's log might have it. */
const SENTENCE =
  ' on privhost9 (privhost9.corp.example.net), by privuser7 and privuser7@privhost9 in /home/privhome7/work/x.py, /srv/privproject/bin/gw, ' +
  '/opt/privproject/lib and file:///root/privproject/main.js, C:\\Users\\privuser7\\x, from 203.0.113.77:8080, 10.23.45.67, [2001:db8:77::42]:80, fe80::1c2d:3e4f%eth0, ' +
  '52:54:00:ab:cd:ef, with sk-proj-PRIVtoken0123456789, ghp_PRIVtoken0123456789abcdefABCD, Authorization: Bearer PRIVbearertoken, ' +
  'api_key="PRIVapikey77", privEnvironmentValue, privdeploy-0815-of-many, https://someone:PRIVpassword@example.org/, db.privcluster.internal, ops@privmail.example.org ' +
  '-----BEGIN RSA PRIVATE KEY-----\nPRIVpem\n-----END RSA PRIVATE KEY-----';

/** Found in any letter case: what all that was planted has in common. */
const NEEDLES = ['priv', '203.0.113.77', '10.23.45.67', '2001:db8:77', '1c2d:3e4f', '52:54:00:ab'];
/** Words that begin like what was planted. */
const HARMLESS = /private|privileg/g;

/** Every text of a document with the sentence after it, as far as its schema takes that. */
function planted<T>(document: T, schema: z.ZodType, sentence = SENTENCE): T {
  const copy = structuredClone(document);
  plantIn(copy, sentence, () => schema.safeParse(copy).success);
  return copy;
}

/** Fields that are private as they are. */
const HOSTS = ['hostname', 'host', 'hosts', 'gatewayAddress', 'upstreamHost'];

function plantIn(node: unknown, sentence: string, isValid: () => boolean): void {
  if (typeof node !== 'object' || node === null) return;
  const fields = node as Record<string, unknown>;
  for (const [key, value] of Object.entries(fields)) {
    if (HOSTS.includes(key) && JSON.stringify(value).includes('priv')) continue;
    if (typeof value === 'string') {
      fields[key] = value + sentence;
      if (!isValid()) fields[key] = value;
    } else plantIn(value, sentence, isValid);
  }
}

const HOST = 'privhost9.corp.example.net';

function plantedRun(records: readonly CellRecord[]): Run {
  const base = runOf(records);
  const machine = { ...base.machine, hostname: HOST };
  const harness = base.harness;
  const run = {
    ...base,
    id: '2026-05-04T10-00-00Z-on-privhost9',
    machine,
    upstreamHost: 'privuser7@privupstream3',
    engine: {
      ...base.engine,
      remote: {
        hosts: ['privuser7@203.0.113.77:2222', 'privload2'],
        gatewayAddress: '10.23.45.67',
        program: '/srv/privproject/k6',
      },
    },
    settings: {
      gatewaysDir: '/home/privuser7/gateways',
      installDir: '/srv/privproject',
      toolsDir: '/opt/privproject',
      mockPort: 9000,
      identityFile: '/home/privuser7/.ssh/id_ed25519',
      retryInvalid: 1,
    },
    basis: { scenario: { source: '/home/privuser7/mine.yaml', sha256: 'b'.repeat(64) }, gateways: {} },
    changes: [
      {
        at: '2026-04-01T10:30:00.000Z',
        changed: ['machine: host name was privhost8, is privhost9'],
        cellsBefore: [],
        conditions: {
          harness,
          machine: { ...machine, hostname: 'privhost8' },
          engine: { name: 'k6', version: '1' },
          basis: null,
        },
      },
    ],
    flame: { rateHz: 99, unavailable: [{ gateway: 'kong', profiler: 'perf', reason: 'denied', hint: 'be root' }] },
  };
  return planted(Run.parse(run), Run);
}

function plantedRecords(): CellRecord[] {
  const { records } = exampleRun();
  const profiled = recordOf({ gateway: 'ferro', vus: 50, profiler: 'perf', title: 'Ferro Labs AI Gateway' });
  const found = [...records, { ...profiled, profile: { samples: 100, durationS: 10, event: 'cpu-clock', lost: 0 } }];
  return found.map((record) => {
    const { host } = record.resources;
    return planted(
      CellRecord.parse({
        ...record,
        engine: {
          ...record.engine,
          hosts: [
            {
              host: 'privuser7@privload2',
              vus: 1,
              sent: 1,
              ok: 1,
              failed: 0,
              inFlightAtEnd: 0,
              clockUncertaintyMs: null,
            },
          ],
        },
        mock: record.mock === null ? null : { ...record.mock, host: 'privupstream3' },
        resources: {
          ...record.resources,
          host:
            host === null ? null : { ...host, busiestOthers: [{ pid: 7, command: 'privprogram', cpuPercentMean: 3 }] },
        },
        failedLatencyUs:
          record.latencyUs === null ? null : { ...latencyOf(3, 5000), histogram: btoa('privhistogram by privuser7') },
        failureExamples: ['502'],
        absent: { '/srv/privproject/key': 'it has none' },
        earlierAttempts: [{ startedAt: record.startedAt, reasons: ['stolen'] }],
      }),
      CellRecord,
    );
  });
}

/** No function is named like a host of a private domain; `threading.local` is a function. */
const IN_CODE = SENTENCE.replace('db.privcluster.internal, ', '');

function plantedProfile(): Profile {
  const { profile } = exampleProfile([
    [[{ name: 'main', file: '/srv/privproject/main.js', module: '/opt/privproject/bin/privgateway' }], 60],
    [[{ name: 'run', file: '/home/privhome7/x.py', module: 'app', rawName: '_run@privhost9' }], 40],
  ]);
  return planted({ ...profile, threads: [{ comm: 'privuser7-thread', pid: 1, tid: 2 }] }, Profile, IN_CODE);
}

/** Write a run that has something private in every field that can hold it. @returns its folder */
export async function writePlantedRun(parent: string): Promise<string> {
  const records = plantedRecords();
  const run = plantedRun(records);
  const folder = join(parent, run.id);
  const { samplesByCell } = exampleRun();
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'run.json'), JSON.stringify(run));
  for (const record of records) {
    const cell = join(folder, 'cells', record.cell.id);
    await mkdir(cell, { recursive: true });
    await writeFile(join(cell, 'record.json'), JSON.stringify(record));
    await writeFile(join(cell, 'gateway.log'), SENTENCE);
    const samples = (samplesByCell.get(record.cell.id) ?? []).map((sample) =>
      planted({ ...sample, host: { ...sample.host, otherPrograms: [{ pid: 1, command: 'x', cpuTimeUs: 1 }] } }, Sample),
    );
    await writeFile(join(cell, 'samples.jsonl'), samples.map((sample) => `${JSON.stringify(sample)}\n`).join(''));
    if (record.profile !== null) {
      await writeFile(join(cell, 'profile.json.gz'), gzipSync(JSON.stringify(plantedProfile())));
    }
  }
  return folder;
}

/** What of it is in a file's name or content, or in anything that is encoded or compressed in it. */
export function leaksIn(name: string, content: Buffer): string[] {
  return layersOf(Buffer.concat([Buffer.from(`${name}\n`), content])).flatMap((layer) => {
    const text = readable(layer);
    return NEEDLES.flatMap((needle) => {
      const at = text.indexOf(needle);
      return at < 0 ? [] : [`${name}: …${text.slice(Math.max(0, at - 60), at + 60)}…`];
    });
  });
}

/** Lower case, entities and escapes undone. */
function readable(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\u00([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replace(/\\([\\/"])/g, '$1')
    .toLowerCase()
    .replace(HARMLESS, '');
}

/** The bytes, and what they hold that is compressed or in base64, at any depth. */
function layersOf(bytes: Buffer): Buffer[] {
  const inner = [...unpacked(bytes), ...encoded(bytes)];
  return [bytes, ...inner.flatMap(layersOf)];
}

function unpacked(bytes: Buffer): Buffer[] {
  return [gunzipSync, inflateSync, inflateRawSync].flatMap((unpack) => {
    try {
      // A file's name stands before its content.
      const start = bytes.indexOf(Buffer.from([0x1f, 0x8b]));
      const plain = unpack(unpack === gunzipSync && start > 0 ? bytes.subarray(start) : bytes);
      return plain.length > 16 ? [plain] : [];
    } catch {
      return [];
    }
  });
}

function encoded(bytes: Buffer): Buffer[] {
  const found = bytes.toString('latin1').match(/[A-Za-z0-9+/_-]{24,}={0,2}/g) ?? [];
  return found.map((text) => Buffer.from(text, 'base64')).filter((inner) => inner.length > 16);
}
