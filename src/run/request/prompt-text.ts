import { newRandom32 } from '../../../common/random.js';

/** Characters of a token, by the count of the mock and of most rules of thumb for English. */
const CHARACTERS_PER_TOKEN = 4;

const WORDS =
  `the of and to in that was for with his they this have from one had word but not what all were when we there
can an your which their said if do will each about how up out them then she many some so these would other into has more
her two like him see time could no make than first been its who now people my made over did down only way find use may
water long little very after words called just where most know get through back much before go good new write our used me
man too any day same right look think also around another came come work three must because does part even place well such
here take why things help put years different away again off went old number great tell men say small every found still
between name should home big give air line set own under read last never us left end along while might next sound below saw
something thought both few those always looked show large often together asked house world going want school important
until form food keep children feet land side without boy once animals life enough took sometimes four head above kind began
almost live page got earth need far hand high year mother light parts country father let night following picture being study`
    .split(/\s+/)
    .filter((word) => word !== '');

/**
 * English words in no order: as many characters as so many tokens have. Another seed gives another text, the same one
 * the same text, so that no cache of a gateway knows a prompt by chance.
 */
export function promptText(tokens: number, seed: number): string {
  const next32 = newRandom32(seed);
  const length = tokens * CHARACTERS_PER_TOKEN;
  const words: string[] = [];
  // The blank before each of them counts too.
  for (let written = 0; written < length; ) {
    const word = WORDS[next32() % WORDS.length] ?? '';
    words.push(word);
    written += word.length + 1;
  }
  return words.join(' ').slice(0, length).padEnd(length, '.');
}
