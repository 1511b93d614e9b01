import { type Command, Option } from 'commander';
import { type Position, placeholderOf, positionIn, takesValue } from './position.js';
import { type Candidate, type Values, valuesOf } from './values.js';

/** What the scripts in completions/ give as the verb when they ask what can stand at the cursor. */
export const COMPLETE = '__complete';

/**
 * What can stand at the cursor of an unfinished command line, for the scripts in completions/. The first line is how to
 * go on: `files` or `folders` where paths fit too, `nospace` where the word may go on. Then a line for each word, with a
 * tab before what it is.
 * @param line the words after the command, the last up to the cursor, perhaps empty
 */
export async function complete(program: Command, line: readonly string[]): Promise<string> {
  const words = line.slice(0, -1);
  const current = line.at(-1) ?? '';
  let position = positionIn(program, words, current);
  // What is after the -- of `cloud bench` is for `bench`.
  const bench = program.commands.find((command) => command.name() === 'bench');
  const { definition, afterDashes } = position;
  if (bench !== undefined && afterDashes !== null && definition && placeholderOf(definition) === 'bench-arguments') {
    position = positionIn(bench, afterDashes, current);
  }
  const { candidates, paths, isList } = await candidatesAt(position);
  const how = [paths ?? '', isList ? 'nospace' : ''].filter(Boolean).join(' ') || 'words';
  return [how, ...candidates.map(({ word, about }) => `${word}\t${about.replaceAll(/\s+/g, ' ')}`)].join('\n');
}

async function candidatesAt(position: Position): Promise<Values> {
  const { command, definition, prefix, partial, hasArguments, afterDashes } = position;
  const values =
    definition === null
      ? { candidates: [], paths: null, isList: false }
      : await valuesOf(definition, gatewaysDirOf(position));
  // Of a list, the last part is completed, by what isn't in it yet.
  const listed = values.isList ? partial.slice(0, partial.lastIndexOf(',') + 1) : '';
  const taken = listed.split(',');
  const candidates = values.candidates
    .filter(({ word }) => !taken.includes(word))
    .map(({ word, about }) => ({ word: `${prefix}${listed}${word}`, about }));
  if (!(definition instanceof Option) && afterDashes === null) {
    if (!hasArguments) candidates.push(...verbs(command));
    // Unasked only where there is nothing else.
    if (partial !== '' || (candidates.length === 0 && values.paths === null)) candidates.push(...options(position));
  }
  return { ...values, candidates: candidates.filter(({ word }) => word.startsWith(`${prefix}${partial}`)) };
}

function gatewaysDirOf({ given }: Position): string | undefined {
  const [, value] = [...given].find(([option]) => option.attributeName() === 'gatewaysDir') ?? [];
  return value ?? undefined;
}

function verbs(command: Command): Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((each) => ({ word: each.name(), about: each.description() }));
}

/** Each once, unless its values add up. */
function options({ command, given }: Position): Candidate[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .filter((option) => !given.has(option) || takesValue(option))
    .map(({ long, short, description }) => ({ word: long ?? short ?? '', about: description }));
}
