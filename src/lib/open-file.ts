import { spawn } from 'node:child_process';
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findInPath } from './find-in-path.js';

/** What decides how a file is opened. */
export interface Desktop {
  environment: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
}

/** An opener that fails does so at once; one that is a browser itself runs on. */
const FAILS_WITHIN_MS = 2_000;

/**
 * Show a file to whoever sits at this machine: with the browser that BROWSER names, else with the desktop's own opener.
 * @returns null, or why it can't be shown
 */
export async function openFile(
  path: string,
  desktop: Desktop = { environment: process.env, platform: process.platform },
): Promise<string | null> {
  const url = pathToFileURL(path).href;
  const opener = openerFor(url, desktop);
  return typeof opener === 'string' ? opener : startOpener(opener);
}

interface Opener {
  program: string;
  args: string[];
}

/** Or the reason why there is none. */
function openerFor(url: string, { environment, platform }: Desktop): Opener | string {
  const browser = environment.BROWSER?.trim() ?? '';
  if (browser !== '') return namedBrowser(browser, url);
  if (platform === 'darwin') return desktopOpener('open', url);
  if (!environment.DISPLAY && !environment.WAYLAND_DISPLAY) {
    return 'there is no display here: neither DISPLAY nor WAYLAND_DISPLAY is set';
  }
  return desktopOpener('xdg-open', url);
}

function desktopOpener(name: string, url: string): Opener | string {
  const program = findInPath(name);
  return program === null ? `${name} is not installed, and BROWSER names no browser` : { program, args: [url] };
}

/** BROWSER as other programs read it: commands to try, with colons between them, and `%s` for the address. */
function namedBrowser(commands: string, url: string): Opener | string {
  for (const command of commands.split(':')) {
    const [name = '', ...args] = command.split(/\s+/).filter(Boolean);
    const program = isAbsolute(name) ? name : findInPath(name);
    if (name === '' || program === null) continue;
    const filled = args.map((arg) => arg.replaceAll('%s', url));
    return { program, args: args.some((arg) => arg.includes('%s')) ? filled : [...filled, url] };
  }
  return `BROWSER is "${commands}", and no such program is installed`;
}

/** Of its own session: it outlives this process, and Ctrl-C here doesn't close it. */
function startOpener({ program, args }: Opener): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { detached: true, stdio: 'ignore' });
    const timer = setTimeout(() => resolve(null), FAILS_WITHIN_MS);
    const settle = (reason: string | null) => {
      clearTimeout(timer);
      resolve(reason);
    };
    child.once('error', (error) => settle(`${program} could not be started: ${error.message}`));
    child.once('exit', (code, signal) =>
      settle(code === 0 ? null : `${program} ended with ${signal ?? `exit code ${code}`}`),
    );
    child.unref();
  });
}
