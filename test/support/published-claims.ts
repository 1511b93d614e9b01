import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import { Claims } from '../../src/model/claims.js';
import { readClaims } from '../../src/store/claims.js';

/** The claims of the published benchmark, checked against their schema. */
export function publishedClaims(): Claims {
  return Claims.parse(JSON.parse(readFileSync(join(PACKAGE_ROOT, 'results/published/claims.json'), 'utf8')));
}

/** Every claim that comes with the package. */
export function allClaims(): Promise<Claims> {
  return readClaims({ published: join(PACKAGE_ROOT, 'results', 'published') });
}
