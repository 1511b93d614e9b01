import { type Command, InvalidArgumentError } from 'commander';
import { UsageError } from '../lib/errors.js';

/**
 * Make a command refuse empty values of options. An empty value is an unset variable of a script, and would mean
 * something else: `--out ""` this folder, `--gateways ""` all of them.
 */
export function refuseEmptyOptions(command: Command): void {
  for (const option of command.options) {
    if (!option.required && !option.optional) continue;
    const parse = option.parseArg;
    option.argParser((text: string, previous: unknown) => {
      if (text.trim() === '') throw new InvalidArgumentError('it is empty: give a value, or leave the option out');
      if (parse !== undefined) return parse(text, previous);
      // With a parser of its own, a variadic option no longer collects its values by itself.
      return option.variadic ? [...(Array.isArray(previous) ? previous : []), text] : text;
    });
  }
}

/** The same for the arguments of whatever command is about to act. @throws UsageError */
export function refuseEmptyArguments({ args, registeredArguments }: Command): void {
  const at = args.findIndex((text) => text.trim() === '');
  if (at < 0) return;
  const name = (registeredArguments[at] ?? registeredArguments.at(-1))?.name() ?? 'argument';
  throw new UsageError(`an empty value is given for ${name}`, 'give a value, or leave it out');
}
