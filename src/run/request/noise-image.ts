import { crc32, deflateSync } from 'node:zlib';
import { newRandom32 } from '../../../common/random.js';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
/** Signature, header, end, and what frames the one block of data. */
const FRAME_BYTES = 57;

/**
 * A PNG of grey noise, nearly of this size, as a data URI: noise has the same size compressed, and a gateway that
 * decodes it finds a picture.
 */
export function noiseImage(sizeKib: number, seed: number): string {
  const pixels = Math.max(1, Math.round(sizeKib * 1024) - FRAME_BYTES);
  const width = Math.max(1, Math.floor(Math.sqrt(pixels)));
  const height = Math.max(1, Math.floor(pixels / (width + 1)));
  const next32 = newRandom32(seed);
  // Each row begins with the number of its filter: 0, none.
  const rows = Buffer.alloc((width + 1) * height);
  for (let at = 0; at < rows.length; at += 1) rows[at] = at % (width + 1) === 0 ? 0 : next32() & 0xff;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // 8 bits, grey, deflate, adaptive filters, not interlaced.
  header.set([8, 0, 0, 0, 0], 8);
  const data = deflateSync(rows, { level: 0 });
  const png = Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
  return `data:image/png;base64,${png.toString('base64')}`;
}

function chunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, checksum]);
}
