import { deflateSync } from 'node:zlib';
import { newRandom32 } from '../../../common/random.js';
import { pngFile } from '../../lib/png.js';

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
  const png = pngFile(deflateSync(rows, { level: 0 }), { width, height, colours: 'grey' });
  return `data:image/png;base64,${png.toString('base64')}`;
}
