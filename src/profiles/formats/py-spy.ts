import type { Frame, Profile } from '../../model/profile.js';
import { blankMeta } from '../blank-meta.js';
import { packageOfFile } from '../categories/source-package.js';
import { ProfileBuilder } from '../profile-builder.js';
import { FormatError } from './format-error.js';

const LINE = /^(.+) (\d+)$/;
/** `process 4711:"python app.py"`, which `--subprocesses` puts first; `(process:4711)` is how py-spy dump has it. */
const PROCESS = /^process \d+:"/;
/** `thread (140213): ThreadPoolExecutor-2_1`, or without a name: `thread (0x7F3A)`. */
const THREAD = /^thread \((?:0x)?[0-9A-Fa-f]+\)(?:: (.*))?$/;
/** `handle (/srv/app.py:12)`, `malloc (/usr/lib/libc.so.6)`. */
const FRAME = /^(.*) \((.*?)(?::(\d+))?\)$/;
const ADDRESS = /^0x[0-9a-f]+$/;
/** What `--native` shows is compiled: C, Rust, and the C that Cython wrote. */
const COMPILED_SOURCE = /\.(?:[ch]|cc|cpp|cxx|hpp|rs|s|S|pyx|pxd|inc)$/;

/**
 * What `py-spy record -f raw` writes: folded stacks, root first, with the file and the line of each frame. Processes
 * are merged, since a PID is no function; threads with a name keep it as their root.
 * @param rateHz as py-spy was told, so that weights are nanoseconds; null where nobody knows: then they are samples
 * @throws FormatError
 */
export function parsePySpy(text: string, title: string, rateHz: number | null): Profile {
  const builder = new ProfileBuilder();
  const known = new Map<string, number>();
  const nsPerSample = rateHz === null ? 1 : 1e9 / rateHz;
  let lineNumber = 0;
  for (const line of text.split('\n')) {
    lineNumber += 1;
    if (line === '') continue;
    const [, stack, count] = LINE.exec(line) ?? [];
    if (stack === undefined || count === undefined) {
      throw new FormatError(`"${line.slice(0, 80)}" is no stack`, {
        line: lineNumber,
        expected: 'frames, separated by ";", a space and a number of samples',
      });
    }
    const frames: number[] = [];
    for (const piece of pieces(stack)) {
      let index = known.get(piece);
      if (index === undefined) {
        const frame = frameOf(piece);
        index = frame === null ? -1 : builder.frame(frame);
        known.set(piece, index);
      }
      if (index >= 0) frames.push(index);
    }
    const samples = Number(count);
    builder.add(frames, samples, samples * nsPerSample);
  }
  return builder.build(
    blankMeta({
      title,
      unit: rateHz === null ? 'samples' : 'nanoseconds',
      tool: 'py-spy',
      event: 'wall-clock',
      rateHz,
    }),
  );
}

/** Frames, which end in `)`, and processes, which end in `"`: command lines and names in Rust hold semicolons of their own. */
function pieces(stack: string): string[] {
  const whole: string[] = [];
  let open = '';
  for (const part of stack.split(';')) {
    const piece = open === '' ? part : `${open};${part}`;
    const ended = PROCESS.test(piece)
      ? piece.endsWith('"') && !/:"$/.test(piece)
      : piece.endsWith(')') || THREAD.test(piece);
    if (ended) whole.push(piece);
    open = ended ? '' : piece;
  }
  return open === '' ? whole : [...whole, open];
}

/** Null for what is no function. */
function frameOf(piece: string): Frame | null {
  if (PROCESS.test(piece)) return null;
  const thread = THREAD.exec(piece);
  if (thread) {
    const name = thread[1] ? `thread ${thread[1]}` : 'thread';
    return { name, file: null, line: null, module: null, kind: 'python' };
  }
  const [, name = piece, place = '', line] = FRAME.exec(piece) ?? [];
  if (line === undefined && !place.startsWith('<')) return compiledFrame(name, place);
  // The compiler's lines are those that ran, not where the function begins: they would tear a function apart.
  if (COMPILED_SOURCE.test(place)) return { name, file: place, line: null, module: null, kind: 'native' };
  return {
    name,
    file: place,
    line: line === undefined ? null : Number(line),
    module: packageOfFile(place),
    kind: 'python',
  };
}

/** A function of which only the library is known. An address differs from run to run, and names nothing. */
function compiledFrame(name: string, library: string): Frame {
  const module = library === '' ? null : library;
  if (ADDRESS.test(name)) return { name: '[unknown]', file: null, line: null, module, kind: 'unknown' };
  return { name, file: null, line: null, module, kind: 'native' };
}
