import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findInPath } from '../../src/lib/find-in-path.js';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';

/** What is typed to see the line as the shell has it. */
const SHOW = '\x18';
const CLEAR = '\x15';

/** Init files: a key that prints the edited line between marks, and gatebench's completion. */
const INIT = {
  bash: `
PS1='$ '
bind 'set enable-bracketed-paste off'
bind 'set completion-query-items 0'
bind 'set page-completions off'
show() { printf '@@<%s>@@' "$READLINE_LINE"; }
bind -x '"\\C-x": show'
source <(gatebench completion bash)
printf '@@<ready>@@'
`,
  zsh: `
PS1='$ '
setopt no_beep
autoload -Uz compinit
compinit -u -D
show() { print -rn -- "@@<$BUFFER>@@"; }
zle -N show
bindkey '^X' show
bindkey '^U' kill-whole-line
source <(gatebench completion zsh)
print -rn -- '@@<ready>@@'
`,
};

/** A folder for PATH with the compiled gatebench in it, as an installation has it. */
export function gatebenchInPath(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'gatebench-test-'));
  const program = join(path, 'gatebench');
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${join(PACKAGE_ROOT, 'dist/src/main.js')}' "$@"\n`);
  chmodSync(program, 0o755);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Which of several programs are missing here. */
export function missingPrograms(...names: string[]): string[] {
  return names.filter((name) => findInPath(name) === null);
}

/**
 * An interactive shell on a terminal of its own, with gatebench's completion: type a line and a tab, and get the line that
 * the shell makes of it.
 */
export class ShellSession {
  private output = '';
  private seen = 0;

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {
    child.stdout?.on('data', (chunk) => {
      this.output += chunk;
    });
  }

  static async start(shell: 'bash' | 'zsh', cwd: string, path: string): Promise<ShellSession> {
    const folder = mkdtempSync(join(tmpdir(), 'gatebench-test-'));
    const rc = join(folder, '.zshrc');
    writeFileSync(rc, INIT[shell]);
    const command = shell === 'bash' ? `bash --noprofile --rcfile ${rc} -i` : 'zsh -i';
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      cwd,
      env: { PATH: `${path}:${process.env.PATH}`, HOME: folder, ZDOTDIR: folder, TERM: 'vt100', LANG: 'C.UTF-8' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const session = new ShellSession(child, folder);
    const first = await session.next();
    if (first !== 'ready') throw new Error(`${shell} began with ${first}`);
    return session;
  }

  /** The line after a tab. */
  async complete(line: string): Promise<string> {
    this.child.stdin?.write(`${CLEAR}${line}\t${SHOW}`);
    return this.next();
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('close', resolve));
    this.child.stdin?.end(`${CLEAR}exit\n`);
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What is between the next two marks. */
  private async next(): Promise<string> {
    for (;;) {
      const found = /@@<(.*?)>@@/s.exec(this.output.slice(this.seen));
      if (found !== null) {
        this.seen += found.index + found[0].length;
        return found[1] ?? '';
      }
      if (this.child.exitCode !== null) throw new Error(`the shell ended: ${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
