import { describe, expect, it } from 'vitest';
import { addressOfOffset, offsetOfAddress } from '../../../../src/profiles/symbols/elf/elf-file.js';
import { type GoFunctionTable, openGoFunctions } from '../../../../src/profiles/symbols/go-symbols/pclntab.js';
import { findPclntab } from '../../../../src/profiles/symbols/go-symbols/pclntab-header.js';
import { elfOf, goProgramBytes, goTruth } from '../../../support/go-program.js';

function opened(bytes: Uint8Array): GoFunctionTable {
  const table = openGoFunctions(elfOf(bytes));
  if (!table) throw new Error('no function table');
  return table;
}

function all(table: GoFunctionTable): { entry: number; name: string }[] {
  return Array.from({ length: table.functionCount }, (_, index) => {
    const { entry, name } = table.functionByIndex(index);
    return { entry, name };
  });
}

const PROGRAMS = [
  { name: 'go1.15', layout: '1.2' },
  { name: 'go1.16', layout: '1.16' },
  { name: 'go1.18', layout: '1.18' },
  { name: 'go1.20-cgo-pie', layout: '1.20' },
];

describe.each(PROGRAMS)('the function table of a stripped program, $name', ({ name, layout }) => {
  const truth = goTruth(name);
  const table = opened(goProgramBytes(name));

  it('has every function that Go has, by the same address and name', () => {
    expect(table.layout).toBe(layout);
    expect(truth.length).toBeGreaterThan(1000);
    expect(all(table)).toEqual(truth.map(({ entry, name }) => ({ entry, name })));
  });

  it('finds each function by its first address and its last', () => {
    truth.forEach(({ entry, name }, index) => {
      const next = truth[index + 1]?.entry ?? entry + 1;
      // Go gives two names to one address where an assembly function is empty.
      if (next === entry) return;
      expect(table.functionAt(entry)?.name).toBe(name);
      expect(table.functionAt(next - 1)?.name).toBe(name);
    });
  });

  it('knows the files of declarations', () => {
    const known = truth.filter(({ file }) => file !== '');
    expect(known.length).toBeGreaterThan(1000);
    expect(known.map(({ entry }) => table.functionAt(entry)?.file)).toEqual(known.map(({ file }) => file));
  });

  it('finds nothing before the first function and after the last', () => {
    const first = truth[0]?.entry ?? 0;
    expect(table.functionAt(first - 1)).toBeNull();
    expect(table.functionAt(0)).toBeNull();
    expect(table.functionAt((truth.at(-1)?.entry ?? 0) + 1e6)).toBeNull();
  });
});

describe('where a function was declared', () => {
  it.each([
    { name: 'go1.15', line: 9 },
    { name: 'go1.18', line: 9 },
    // One line more: import "C".
    { name: 'go1.20-cgo-pie', line: 10 },
  ])('is known of a method, $name', ({ name, line }) => {
    const table = opened(goProgramBytes(name));
    const add = all(table).find((each) => each.name === 'main.(*counter).add');
    expect(table.functionAt(add?.entry ?? 0)).toMatchObject({ file: 'tiny/main.go', line });
  });
});

describe('a program without section headers', () => {
  it.each(PROGRAMS)('is read as well: $name', ({ name }) => {
    const bytes = goProgramBytes(name);
    new DataView(bytes.buffer).setBigUint64(40, 0n, true);
    expect(all(opened(bytes))).toEqual(goTruth(name).map(({ entry, name }) => ({ entry, name })));
  });
});

describe('a header that does not tell where the text begins, as since Go 1.26', () => {
  // The field of older programs is zeroed, so that moduledata is all that is left.
  it.each(['go1.18', 'go1.20-cgo-pie'])('%s: it is found in moduledata', (name) => {
    const bytes = goProgramBytes(name);
    const view = new DataView(bytes.buffer);
    const elf = elfOf(bytes);
    const field = findPclntab(elf)?.textStartField ?? 0;
    view.setBigUint64(field, 0n, true);
    const address = addressOfOffset(elf, field) ?? 0;
    const relocations = elf.sections.find((section) => section.name === '.rela.dyn');
    for (let at = 0; at < (relocations?.fileBytes ?? 0); at += 24) {
      const entry = (relocations?.fileOffset ?? 0) + at;
      if (Number(view.getBigUint64(entry, true)) === address) bytes.fill(0, entry, entry + 24);
    }
    expect(all(opened(bytes))).toEqual(goTruth(name).map(({ entry, name }) => ({ entry, name })));
  });
});

describe('what has no function table', () => {
  it('is null, not an error', () => {
    const bytes = goProgramBytes('go1.18');
    const table = findPclntab(elfOf(bytes));
    bytes.fill(0, table?.start ?? 0, (table?.start ?? 0) + 4);
    expect(openGoFunctions(elfOf(bytes))).toBeNull();
  });

  it('is not taken for one by its magic number alone', () => {
    const bytes = goProgramBytes('go1.18');
    const elf = elfOf(bytes);
    const start = findPclntab(elf)?.start ?? 0;
    // A quantum that no processor has.
    bytes[start + 6] = 3;
    expect(openGoFunctions(elfOf(bytes))).toBeNull();
    expect(offsetOfAddress(elf, 0)).toBeNull();
  });
});
