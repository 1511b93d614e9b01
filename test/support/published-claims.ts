import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import { Claims } from '../../src/model/claims.js';

/** The claims that come with the package, checked against their schema. */
export function publishedClaims(): Claims {
  return Claims.parse(JSON.parse(readFileSync(join(PACKAGE_ROOT, 'results/published/claims.json'), 'utf8')));
}
