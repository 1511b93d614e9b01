import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * Stands between `perf script` and addr2line, started by remote-programs/addr2line.sh with addr2line's arguments.
 *
 * perf ends each question with a line of its own, a comma, to see where the answer ends: there are as many records as
 * functions were inlined. addr2line takes the comma for address 0, and searches all symbols for it: 70 ms of CPU each
 * time with the 200,000 of a big Rust library, where the address itself takes half a millisecond. So the comma is
 * answered here, and each address is asked twice instead: with `-a` its second echo is the end of the first answer, and
 * the second look-up costs nothing.
 */

const ECHO = /^0x[0-9a-f]+$/;
/** What addr2line answers for an address that it doesn't know. */
const UNKNOWN = '??\n??:0\n';

/** A question of perf's that has no answer yet. */
type Question = { kind: 'address'; echoes: number; lines: string[] } | { kind: 'comma' };

const args = process.argv.slice(2);
const perfWantsAddresses = args.includes('-a');
const questions: Question[] = [];

const addr2line = spawn(process.env.GATEBENCH_ADDR2LINE ?? 'addr2line', perfWantsAddresses ? args : ['-a', ...args], {
  stdio: ['pipe', 'pipe', 'ignore'],
});
addr2line.on('error', () => process.exit(1));
addr2line.on('exit', (code) => process.exit(code ?? 1));
// perf, or addr2line, has gone.
for (const stream of [process.stdout, addr2line.stdin]) stream.on('error', () => process.exit(1));

createInterface({ input: process.stdin })
  .on('line', (line) => {
    if (line === ',') questions.push({ kind: 'comma' });
    else {
      questions.push({ kind: 'address', echoes: 0, lines: [] });
      addr2line.stdin.write(`${line}\n${line}\n`);
    }
    answer();
  })
  .on('close', () => addr2line.stdin.end());

createInterface({ input: addr2line.stdout }).on('line', (line) => {
  const question = questions[0];
  if (question?.kind !== 'address') return;
  const isEcho = ECHO.test(line);
  if (isEcho) question.echoes += 1;
  if (question.echoes === 1 && (!isEcho || perfWantsAddresses)) question.lines.push(line);
  if (question.echoes === 2) {
    questions.shift();
    process.stdout.write(question.lines.map((each) => `${each}\n`).join(''));
    answer();
  }
});

/** Answer the commas that are next. */
function answer(): void {
  while (questions[0]?.kind === 'comma') {
    questions.shift();
    process.stdout.write(perfWantsAddresses ? `0x${'0'.repeat(16)}\n${UNKNOWN}` : UNKNOWN);
  }
}
