import { type Argument, type Command, Option } from 'commander';

/** What stands at the cursor of an unfinished command line. */
export interface Position {
  command: Command;
  /** Whose value the word at the cursor is; null where it is a verb, an option, or nothing that is known. */
  definition: Option | Argument | null;
  /** What of the word stays as it is: `--gateways=`. */
  prefix: string;
  /** The rest of it, which is to be completed. */
  partial: string;
  /** Options of the command that are given before it, with their values. */
  given: ReadonlyMap<Option, string | null>;
  /** Whether the command has arguments before it, so that no verb can follow. */
  hasArguments: boolean;
  /** The words after `--`; null where there is none. */
  afterDashes: readonly string[] | null;
}

/**
 * Read an unfinished command line as commander would read it.
 * @param words between the command and the cursor
 * @param current up to the cursor
 */
export function positionIn(top: Command, words: readonly string[], current: string): Position {
  let command = top;
  let given = new Map<Option, string | null>();
  let argumentCount = 0;
  let pending: Option | null = null;
  let afterDashes: string[] | null = null;
  for (const word of words) {
    afterDashes?.push(word);
    const isOption: boolean = afterDashes === null && /^-./.test(word);
    if (pending !== null && !(pending.variadic && isOption)) {
      given.set(pending, word);
      if (!pending.variadic) pending = null;
      continue;
    }
    pending = null;
    if (afterDashes === null && word === '--') {
      afterDashes = [];
    } else if (isOption) {
      const { flag, value } = splitOption(word);
      const option = findOption(command, flag);
      if (option === null) continue;
      given.set(option, value);
      if (value === null && takesValue(option)) pending = option;
    } else {
      const verb = argumentCount === 0 ? command.commands.find((each) => each.name() === word) : undefined;
      if (verb === undefined) argumentCount++;
      else {
        command = verb;
        given = new Map();
      }
    }
  }
  const position = { command, given, hasArguments: argumentCount > 0, afterDashes };
  const isOption = afterDashes === null && current.startsWith('-');
  if (pending !== null && !(pending.variadic && isOption)) {
    return { ...position, definition: pending, prefix: '', partial: current };
  }
  if (isOption) {
    const { flag, value } = splitOption(current);
    const option = value === null ? null : findOption(command, flag);
    return option === null || value === null
      ? { ...position, definition: null, prefix: '', partial: current }
      : { ...position, definition: option, prefix: `${flag}=`, partial: value };
  }
  const last = command.registeredArguments.at(-1);
  const argument = command.registeredArguments[argumentCount] ?? (last?.variadic ? last : null);
  return { ...position, definition: argument, prefix: '', partial: current };
}

/** `--vus=50` to its parts; the value is null where there is none. */
function splitOption(word: string): { flag: string; value: string | null } {
  const at = word.startsWith('--') ? word.indexOf('=') : -1;
  return at < 0 ? { flag: word, value: null } : { flag: word.slice(0, at), value: word.slice(at + 1) };
}

function findOption(command: Command, flag: string): Option | null {
  return command.options.find(({ short, long }) => flag === short || flag === long) ?? null;
}

export function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

/** What a value is, by the placeholder of its definition: `dir` of `--out <dir>`, `run` of `<run...>`. */
export function placeholderOf(definition: Option | Argument): string {
  if (!(definition instanceof Option)) return definition.name();
  return /[<[]([^\]>.]+)/.exec(definition.flags)?.[1] ?? '';
}
