import type { DerivedReport } from '../derived-report.js';

/** What long windows did to memory, a sentence for each gateway and load. */
export function soakSentences({ soaks }: Pick<DerivedReport, 'soaks'>): string[] {
  return soaks.flatMap(({ title, load, verdict }) =>
    verdict === null ? [] : [`Memory of ${title} at ${load}: ${verdict}.`],
  );
}
