const REMOVED = '[path]';

/** First parts of what systems have everywhere, by which libraries and programs are known. */
const SYSTEM =
  /^\/(?:bin|sbin|lib|lib32|lib64|proc|sys|dev|usr\/(?:bin|sbin|lib|lib32|lib64|libexec|include|share|src)|usr\/local\/(?:bin|lib|go|include|share))(?:\/|$)/;

/** First parts of the paths of requests. */
const REQUEST =
  /^\/(?:v\d\w*|api|chat|openai|anthropic|health\w*|ready\w*|live\w*|metrics|debug|status|config|routes|services|admin|__\w+)(?:\/|$)/;

/** Where a package's own files begin, whoever installed it: what is left of it says nothing of the machine. */
const PACKAGES = [
  /\/((?:node_modules|site-packages|dist-packages)\/.*)$/,
  /\/(pkg\/mod\/.*)$/,
  /\/registry\/src\/[^/]+\/(.*)$/,
  /\/(rustc\/[0-9a-f]+\/.*)$/,
  /\/(python3\.\d+\/.*)$/,
  /\/(\.(?:gateways|tools)\/.*)$/,
];

/** A file by its name: `main.go`, `libssl.so.3`. */
const FILE_NAME = /^[\w+-][\w.+-]*\.\w{1,6}$/;

/**
 * An absolute path without what it tells of its machine: paths of the system and of requests stay, of a package's file the
 * part within the package, of any other file its name. Of a folder nothing is left.
 */
export function redactPath(path: string): string {
  // `/health`, `</div`: one part is the root of something, or no path.
  if (!path.slice(1).replace(/\/+$/, '').includes('/')) return /^\/(?:root|home|Users)\b/.test(path) ? REMOVED : path;
  if (SYSTEM.test(path) || REQUEST.test(path)) return path;
  for (const pattern of PACKAGES) {
    const own = pattern.exec(path)?.[1];
    if (own !== undefined) return `…/${own}`;
  }
  const name = path.slice(path.lastIndexOf('/') + 1);
  return FILE_NAME.test(name) ? `${REMOVED}/${name}` : REMOVED;
}
