import { createCanvas, loadImage } from 'canvas';
import { describe, expect, it } from 'vitest';
import { encodePng } from '../../src/lib/png.js';

const WIDTH = 40;
const HEIGHT = 30;

async function decode(png: Buffer): Promise<Uint8ClampedArray> {
  const context = createCanvas(WIDTH, HEIGHT).getContext('2d');
  context.drawImage(await loadImage(png), 0, 0);
  return context.getImageData(0, 0, WIDTH, HEIGHT).data;
}

describe('encodePng', () => {
  it('holds the same pixels as what the canvas encodes itself', async () => {
    const canvas = createCanvas(WIDTH, HEIGHT);
    const context = canvas.getContext('2d');
    context.fillStyle = 'white';
    context.fillRect(0, 0, WIDTH, HEIGHT);
    context.fillStyle = '#ff8000';
    context.fillRect(3, 4, 9, 20);
    const ours = await encodePng(canvas.data(), WIDTH, HEIGHT);
    expect(await decode(ours)).toEqual(await decode(canvas.toBuffer('image/png')));
    expect([...(await decode(ours)).subarray((5 * WIDTH + 5) * 4, (5 * WIDTH + 5) * 4 + 4)]).toEqual([
      255, 128, 0, 255,
    ]);
  });
});
