import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../../lib/errors.js';
import {
  type ProcessGateway,
  type ResolvedGateway,
  resolveVariant,
  variantNames,
} from '../../model/resolved-gateway.js';
import { MANIFEST_FILE, type StoredGateway } from '../../store/gateways.js';
import { fieldFindings } from './fields.js';
import { fileFindings } from './files.js';
import { placeholderFindings } from './placeholders.js';
import { mockPortFindings, portFindings, sharedPortFindings } from './ports.js';
import { type Finding, formatProblem, type Path, type Problem } from './problem.js';

/** What a gateway is checked beside. */
export interface Surroundings {
  /** Every gateway of its folder, itself included or not. */
  others: readonly StoredGateway[];
  /** Null where nobody knows yet, or where the mock upstream is on another machine. */
  mockPort: number | null;
}

/** All that is wrong with a manifest, in every variant, without starting or installing anything. */
export async function checkManifest(stored: StoredGateway, surroundings: Surroundings): Promise<Problem[]> {
  const variants = variantNames(stored.manifest).map((name) => resolveVariant(stored.manifest, name, stored.folder));
  const found = await Promise.all(variants.map((variant) => variantProblems(stored, variant, surroundings)));
  const problems = [
    ...found.flat(),
    ...(await folderFindings(stored, surroundings)).map((each) => located(stored, null, each)),
  ];
  // What variants share, they all have.
  return [...new Map(problems.map((problem) => [formatProblem(problem), problem])).values()];
}

/**
 * Begin with this whatever runs or installs gateways.
 * @param wanted of the folder's gateways, those that are needed
 * @throws UsageError with every error in their manifests
 */
export async function requireSound(
  wanted: readonly ResolvedGateway[],
  stored: ReadonlyMap<string, StoredGateway>,
  mockPort: number | null,
): Promise<void> {
  const surroundings = { others: [...stored.values()], mockPort };
  const problems: Problem[] = [];
  for (const gateway of wanted) {
    const manifest = stored.get(gateway.name);
    if (manifest !== undefined) problems.push(...(await variantProblems(manifest, gateway, surroundings)));
  }
  const errors = problems.filter(({ severity }) => severity === 'error');
  const texts = new Set(errors.map(formatProblem));
  const [first] = errors;
  if (first === undefined) return;
  throw new UsageError([...texts].join('\n'), texts.size === 1 ? first.hint : 'see `gatebench check`');
}

async function variantProblems(
  stored: StoredGateway,
  gateway: ResolvedGateway,
  { others, mockPort }: Surroundings,
): Promise<Problem[]> {
  const findings: Finding[] = [...placeholderFindings(gateway), ...fieldFindings(gateway)];
  if (gateway.kind === 'process') {
    findings.push(...(await fileFindings(gateway)), ...portFindings(gateway));
    if (mockPort !== null) findings.push(...mockPortFindings(gateway, mockPort));
    findings.push(...sharedPortFindings(gateway, others.flatMap(processVariants)));
  }
  return findings.map((finding) => located(stored, gateway.variant, finding));
}

function processVariants({ manifest, folder }: StoredGateway): ProcessGateway[] {
  return variantNames(manifest)
    .map((name) => resolveVariant(manifest, name, folder))
    .filter((gateway): gateway is ProcessGateway => gateway.kind === 'process');
}

/** What isn't of one variant: the README, and the colour among those of the others. */
async function folderFindings({ manifest, folder }: StoredGateway, { others }: Surroundings): Promise<Finding[]> {
  const findings: Finding[] = [];
  const hasReadme = await access(join(folder, 'README.md')).then(
    () => true,
    () => false,
  );
  if (!hasReadme) {
    findings.push({
      at: [],
      message: 'there is no README.md beside it',
      hint: 'write what it is, how it is run, and where its facts are from',
      severity: 'warning',
    });
  }
  const same = others.find(
    (other) => other.manifest.name !== manifest.name && other.manifest.colour === manifest.colour,
  );
  if (same !== undefined) {
    findings.push({
      at: ['colour'],
      message: `${manifest.colour} is the colour of ${same.manifest.name} too`,
      hint: 'choose another, or charts show them alike',
      severity: 'warning',
    });
  }
  return findings;
}

/** A finding with its line: in the variant, if that is where the value comes from. */
function located({ manifest, folder, place }: StoredGateway, variant: string | null, finding: Finding): Problem {
  const inVariant: Path | null = variant === null ? null : ['variants', variant, ...finding.at];
  const at = inVariant !== null && place.has(inVariant) ? inVariant : finding.at;
  return {
    severity: finding.severity ?? 'error',
    gateway: manifest.name,
    file: finding.file?.path ?? join(folder, MANIFEST_FILE),
    line: finding.file?.line ?? (at.length === 0 ? null : place.lineOf(at)),
    field: at.length === 0 || finding.file !== undefined ? null : at.join('.'),
    message: finding.message,
    hint: finding.hint,
  };
}
