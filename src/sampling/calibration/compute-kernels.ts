import type { Kernel } from './kernel.js';

/** A chain of multiplications and additions in registers: neither cache nor neighbours matter, only the clock. */
export function integerKernel(): Kernel {
  let state = 1;
  return {
    name: 'integer',
    run(steps) {
      let value = state;
      for (let step = 0; step < steps; step++) value = (Math.imul(value, 1_664_525) + 1_013_904_223) | 0;
      state = value;
      return value;
    },
  };
}

/** Longer than a branch predictor remembers. */
const PROGRAM_LENGTH = 8_192;
const CELLS = 4_096;

/** An interpreter of random bytecode: what it does next depends on what it has read, as in Python, Lua or JavaScript before it is compiled. */
export function branchesKernel(): Kernel {
  const program = Uint8Array.from(randomBytes(PROGRAM_LENGTH));
  const cells = new Int32Array(CELLS);
  let at = 0;
  let accumulator = 1;
  return {
    name: 'branches',
    run(steps) {
      let here = at;
      let value = accumulator;
      for (let step = 0; step < steps; step++) {
        const operation = program[here] ?? 0;
        here = (here + 1) & (PROGRAM_LENGTH - 1);
        switch (operation & 7) {
          case 0:
            value = (value + operation) | 0;
            break;
          case 1:
            value = Math.imul(value, 31) ^ operation;
            break;
          case 2:
            value ^= cells[value & (CELLS - 1)] ?? 0;
            break;
          case 3:
            cells[(value >>> 7) & (CELLS - 1)] = value;
            break;
          case 4:
            if (value & operation) value = (value >>> 1) | 0;
            break;
          case 5:
            if ((value & 0x11) === 0) here = (here + operation) & (PROGRAM_LENGTH - 1);
            break;
          case 6:
            value = (value - here) | 0;
            break;
          default:
            value = (value << 3) ^ (value >>> 5);
        }
      }
      at = here;
      accumulator = value;
      return value;
    },
  };
}

/** The same bytes every time (xorshift32), so that two calibrations do the same work. */
function* randomBytes(count: number): Generator<number> {
  let state = 0x9e3779b9;
  for (let index = 0; index < count; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield (state >>> 11) & 0xff;
  }
}
