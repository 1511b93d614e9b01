import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Profile } from '../../../src/model/profile.js';
import { FormatError } from '../../../src/profiles/format-error.js';
import { parseOxStacks } from '../../../src/profiles/formats/0x.js';
import { parseChromeTrace } from '../../../src/profiles/formats/chrome-trace.js';
import { parseCpuProfile } from '../../../src/profiles/formats/cpuprofile.js';
import { parseFirefox } from '../../../src/profiles/formats/firefox/firefox.js';
import { foldedFormat } from '../../../src/profiles/formats/folded.js';
import type { ProfileSet } from '../../../src/profiles/formats/format.js';
import { parseGatebench } from '../../../src/profiles/formats/gatebench.js';
import { parseHeapProfile } from '../../../src/profiles/formats/heapprofile.js';
import { parsePprof } from '../../../src/profiles/formats/pprof/pprof.js';
import { parsePySpy } from '../../../src/profiles/formats/py-spy.js';
import { parseSpeedscope } from '../../../src/profiles/formats/speedscope.js';
import {
  CHROME_TRACE,
  GECKO_PROFILE,
  HEAP_PROFILE,
  OLDER_CPU_PROFILE,
  PROCESSED_PROFILE,
} from '../../support/browser-profiles.js';
import { parseStream } from '../../support/parse-stream.js';
import { parsePerfScript } from '../../support/perf-script.js';

const read = (path: string) => readFileSync(`test/fixtures/profiles/${path}`);
const cpuprofile = read('cpuprofile/burn.cpuprofile');

/** Small, since each is parsed many times; every one is whole and valid. */
const FORMATS: Record<string, { bytes: Buffer; parse: (bytes: Buffer) => Profile | ProfileSet; isJson: boolean }> = {
  pprof: {
    bytes: gunzipSync(read('go-pprof/block.pb.gz')),
    parse: (bytes) => parsePprof(bytes, { title: '' }),
    isJson: false,
  },
  cpuprofile: { bytes: cpuprofile, parse: (bytes) => parseCpuProfile(bytes.toString(), ''), isJson: true },
  speedscope: {
    bytes: read('speedscope/threads.speedscope.json'),
    parse: (bytes) => parseSpeedscope(bytes.toString(), ''),
    isJson: true,
  },
  '0x': {
    bytes: gunzipSync(read('0x/stacks.20679.json.gz')),
    parse: (bytes) => parseOxStacks(bytes.toString(), ''),
    isJson: true,
  },
  gatebench: {
    bytes: Buffer.from(JSON.stringify(parseCpuProfile(cpuprofile.toString(), ''))),
    parse: (bytes) => parseGatebench(bytes.toString()),
    isJson: true,
  },
  'older cpuprofile': {
    bytes: Buffer.from(JSON.stringify(OLDER_CPU_PROFILE)),
    parse: (bytes) => parseCpuProfile(bytes.toString(), ''),
    isJson: true,
  },
  'heap profile': {
    bytes: Buffer.from(JSON.stringify(HEAP_PROFILE)),
    parse: (bytes) => parseHeapProfile(bytes.toString(), ''),
    isJson: true,
  },
  'Chrome trace': {
    bytes: Buffer.from(JSON.stringify({ traceEvents: CHROME_TRACE })),
    parse: (bytes) => parseChromeTrace(bytes.toString(), ''),
    isJson: true,
  },
  'processed Firefox profile': {
    bytes: Buffer.from(JSON.stringify(PROCESSED_PROFILE)),
    parse: (bytes) => parseFirefox(bytes.toString(), ''),
    isJson: true,
  },
  'Gecko profile': {
    bytes: Buffer.from(JSON.stringify(GECKO_PROFILE)),
    parse: (bytes) => parseFirefox(bytes.toString(), ''),
    isJson: true,
  },
  folded: {
    bytes: read('py-spy/burn.folded'),
    parse: (bytes) => parseStream(foldedFormat, bytes.toString()),
    isJson: false,
  },
  'py-spy': {
    bytes: read('py-spy/burn.folded'),
    parse: (bytes) => parsePySpy(bytes.toString(), '', 99),
    isJson: false,
  },
  'perf script': {
    bytes: Buffer.from(
      'node 7/8 [001] 123.456789:  10101010 cpu-clock: \n\t    55aa main+0x1 (/usr/bin/node)\n\tffffffff81 do_it ([kernel.kallsyms])\n\n',
    ),
    parse: (bytes) => parsePerfScript(bytes.toString()),
    isJson: false,
  },
};

const profilesOf = (read: Profile | ProfileSet) => ('profiles' in read ? read.profiles : [read]);

/** What was thrown; undefined where it was read. */
function failure(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe.each(Object.entries(FORMATS))('%s', (_, { bytes, parse, isJson }) => {
  it('is read where it is whole', () => {
    expect(() => parse(bytes)).not.toThrow();
  });

  it('cut off anywhere gives a FormatError, if any', () => {
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), (length) => {
        const error = failure(() => parse(bytes.subarray(0, length)));
        if (error !== undefined) expect(error).toBeInstanceOf(FormatError);
        // A document isn't whole before its last brace; of lists of lines, what is left may well be whole.
        if (isJson && length < bytes.toString().trimEnd().length) expect(error).toBeInstanceOf(FormatError);
        if (error instanceof FormatError) expect(error.expected, error.message).not.toBeNull();
      }),
    );
  });

  it('with bytes changed gives a FormatError, or a profile that is valid', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 8 }), (changes) => {
        const changed = Buffer.from(bytes);
        for (const [at, byte] of changes) changed[at % bytes.length] = byte;
        const error = failure(() => {
          for (const profile of profilesOf(parse(changed))) expect(Profile.safeParse(profile).error).toBeUndefined();
        });
        if (error !== undefined) expect(error).toBeInstanceOf(FormatError);
      }),
      { numRuns: 300 },
    );
  });

  it('is not any JSON, and not any bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json().map((text) => Buffer.from(text)),
          fc.uint8Array().map(Buffer.from),
        ),
        (other) => {
          const error = failure(() => parse(other));
          if (error !== undefined) expect(error).toBeInstanceOf(FormatError);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('pprof', () => {
  it('cut off in the middle of a field is found out, though the decoder would read on', () => {
    const { bytes } = FORMATS.pprof ?? { bytes: Buffer.alloc(0) };
    let refused = 0;
    for (let length = 1; length < bytes.length; length += 7) {
      if (failure(() => parsePprof(bytes.subarray(0, length), { title: '' })) instanceof FormatError) refused += 1;
    }
    // Only cuts right behind a field of the last, unneeded ones can pass.
    expect(refused / Math.ceil((bytes.length - 1) / 7)).toBeGreaterThan(0.98);
  });
});
