/** About what English takes with the tokenizers of today's models. */
const CHARACTERS_PER_TOKEN = 4;

/** What an image costs at OpenAI in low detail. */
export const IMAGE_TOKENS = 85;

/** Tokens of a text that came in: estimated, as the mock has no tokenizer. */
export function countTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

/** The tokens of a text that goes out: its words, each with the blanks before it. */
export function splitWords(text: string): string[] {
  return text.match(/\s*\S+|\s+/g) ?? [];
}

/** The tokens of JSON that goes out, which may have no blanks: four characters each. */
export function splitPieces(json: string): string[] {
  return json.match(/[\s\S]{1,4}/gu) ?? [];
}

const PROSE = splitWords(
  `This text comes from a mock model. It has as many words as it was told to write, and each of them is one token, so
that whoever counts the frames of a stream knows how many there must be. Nothing in it depends on the question. After
its last sentence it starts again, and goes on until enough is said. `.replaceAll('\n', ' '),
);

/** So many tokens of English. The same number gives the same text. */
export function proseOf(tokens: number): string[] {
  return Array.from({ length: tokens }, (_, index) => {
    const word = PROSE[index % (PROSE.length - 1)] ?? '';
    return index > 0 && !word.startsWith(' ') ? ` ${word}` : word;
  });
}
