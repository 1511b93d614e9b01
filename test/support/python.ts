import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../src/lib/errors.js';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import { sha256 } from '../../src/lib/sha256.js';

/**
 * A Python with these packages, made once and kept in `.tools`; null where it can't be, which is said aloud.
 * @param packages with their versions: `name==1.0`
 */
export function pythonWith(packages: readonly string[]): string | null {
  const folder = join(PACKAGE_ROOT, '.tools', 'test-python', sha256(packages.join(' ')).slice(0, 12));
  const python = join(folder, 'bin', 'python');
  const whole = join(folder, 'installed');
  if (existsSync(whole)) return python;
  try {
    mkdirSync(join(folder, '..'), { recursive: true });
    rmSync(folder, { recursive: true, force: true });
    run('python3', ['-m', 'venv', folder]);
    run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]);
    writeFileSync(whole, `${packages.join('\n')}\n`);
    return python;
  } catch (error) {
    process.stderr.write(`skipped: tests with ${packages.join(', ')}, which can't be installed: ${messageOf(error)}\n`);
    return null;
  }
}

/** What a program prints. @throws where it fails, with what it said */
export function run(program: string, args: string[], input = ''): string {
  return execFileSync(program, args, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
}
