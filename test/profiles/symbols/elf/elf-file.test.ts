import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../../src/profiles/format-error.js';
import { ByteReader, sourceOf } from '../../../../src/profiles/symbols/elf/byte-reader.js';
import { addressOfOffset, offsetOfAddress } from '../../../../src/profiles/symbols/elf/elf-file.js';
import { elfOf, goProgramBytes } from '../../../support/go-program.js';

describe('readElf', () => {
  it('reads sections and segments', () => {
    const elf = elfOf(goProgramBytes('go1.18'));
    expect(elf.sections.find(({ name }) => name === '.text')).toMatchObject({ address: 0x401000, fileOffset: 0x1000 });
    expect(elf.segments.some(({ executable, writable }) => executable && !writable)).toBe(true);
  });

  it('converts between offsets in the file and addresses', () => {
    const elf = elfOf(goProgramBytes('go1.18'));
    expect(addressOfOffset(elf, 0x1234)).toBe(0x401234);
    expect(offsetOfAddress(elf, 0x401234)).toBe(0x1234);
    expect(addressOfOffset(elf, 1e9)).toBeNull();
  });

  it.each([
    ['not an ELF file', 0, 0],
    ['a 32-bit ELF file; expected a 64-bit one', 4, 1],
    ['a big-endian ELF file; expected a little-endian one', 5, 2],
  ])('refuses %s', (message, at, byte) => {
    const bytes = goProgramBytes('go1.18');
    bytes[at] = byte;
    expect(() => elfOf(bytes)).toThrow(new FormatError(message).message);
  });

  it('refuses a file that breaks off in its headers', () => {
    expect(() => elfOf(goProgramBytes('go1.18').slice(0, 100))).toThrow(FormatError);
  });
});

describe('ByteReader', () => {
  const bytes = Uint8Array.from({ length: 200_000 }, (_, index) => index % 251);

  it('reads numbers across pages', () => {
    const reader = new ByteReader(sourceOf(bytes));
    for (const at of [0, 65_533, 65_534, 65_535, 65_536, 131_069]) {
      expect(reader.u32(at)).toBe(new DataView(bytes.buffer).getUint32(at, true));
    }
    expect(() => reader.u32(199_998)).toThrow(FormatError);
    expect(() => reader.u8(-1)).toThrow(FormatError);
  });

  it('keeps a few pages only', () => {
    const reads: number[] = [];
    const source = {
      size: 100 * 65_536,
      read(offset: number, length: number) {
        reads.push(offset);
        return new Uint8Array(length);
      },
    };
    const reader = new ByteReader(source);
    for (let page = 0; page < 100; page++) reader.u8(page * 65_536);
    reader.u8(99 * 65_536);
    expect(reads.length).toBe(100);
    reader.u8(0);
    expect(reads.length).toBe(101);
  });

  it('reads texts up to their zero', () => {
    const reader = new ByteReader(sourceOf(new TextEncoder().encode('größe\0next')));
    expect(reader.text(0)).toBe('größe');
    expect(() => reader.text(8)).toThrow(FormatError);
  });
});
