declare const LOAD: import('./parameters.d.ts').LoadParameters;
/** k6 has it, and its types leave it to the DOM's. */
declare const console: { log(text: string): void };
