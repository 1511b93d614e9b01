/** Label values by name; those that are null are left out, which means the same as empty. */
export type Labels = Record<string, string | number | null>;

export interface OpenMetricsSample {
  /** After the family's name: `_info`, `_count`; empty by default. */
  suffix?: string;
  labels: Labels;
  value: number;
  /** Seconds since 1970. */
  timestampS: number;
}

/** A family of metrics, all of whose samples stand together. */
export interface MetricFamily {
  /** Ends with the unit, where there is one. */
  name: string;
  type: 'gauge' | 'info' | 'summary';
  unit?: 'seconds' | 'bytes' | 'ratio';
  help: string;
  samples: readonly OpenMetricsSample[];
}

/** OpenMetrics 1.0 text: families without samples are left out. */
export function openMetricsText(families: readonly MetricFamily[]): string {
  return [
    ...families.filter(({ samples }) => samples.length > 0).flatMap(familyLines),
    // Tells a whole document from one that was cut off.
    '# EOF\n',
  ].join('\n');
}

function familyLines({ name, type, unit, help, samples }: MetricFamily): string[] {
  return [
    `# TYPE ${name} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${escapedText(help)}`,
    ...samples.map(({ suffix = '', labels, value, timestampS }) => {
      const written = Object.entries(labels).flatMap(([label, text]) =>
        text === null || text === '' ? [] : [`${label}="${escapedText(String(text))}"`],
      );
      return `${name}${suffix}{${written.join(',')}} ${value} ${timestampS}`;
    }),
  ];
}

function escapedText(text: string): string {
  return text
    .replace(/[\uD800-\uDFFF]/gu, '\uFFFD')
    .replace(/\\/g, '\\\\')
    .replace(/\n/g, '\\n')
    .replace(/"/g, '\\"');
}
