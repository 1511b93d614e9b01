/*
 * Documents of earlier schema versions, brought to the current one. Each function takes parsed JSON or YAML and returns
 * a copy; a document that is current, or no document at all, comes back as it is, for the schema to judge.
 */

type Fields = Record<string, unknown>;

/** `run.json`: version 1 to 2. */
export function migrateRun(document: unknown): unknown {
  if (!isVersion1(document)) return document;
  return {
    ...document,
    schemaVersion: 2,
    machine: withFields(document.machine, ({ turbo, ...machine }) => ({
      ...machine,
      turboEnabled: turboFromRawText(turbo, machine.cpuModel),
    })),
    ...mapField(document, 'placement', (placement) => renamed(placement, { rig: 'load' })),
    ...mapField(document, 'flame', (flame) =>
      withFields(renamed(flame, { notHere: 'unavailable' }), ({ unavailable, ...rest }) => ({
        ...rest,
        unavailable: mapped(unavailable, (each) => renamed(each, { remedy: 'hint' })),
      })),
    ),
    gateways: mapped(document.gateways, (gateway) =>
      withFields(gateway, (fields) => ({ ...fields, skip: renamed(fields.skip, { remedy: 'hint' }) })),
    ),
  };
}

/** `record.json`: version 1 to 2. Values derived from other cells are dropped. */
export function migrateRecord(document: unknown): unknown {
  if (!isVersion1(document)) return document;
  const { overheadUs: _, ...record } = document;
  return {
    ...record,
    schemaVersion: 2,
    outcome: migrateOutcome(record.outcome),
    gates: Array.isArray(record.gates)
      ? record.gates.filter((gate) => !isFields(gate) || gate.gate !== DIRECT_GATE)
      : record.gates,
    requests: renamed(record.requests, REQUEST_FIELDS),
    ...mapField(record, 'absent', (absent) =>
      renamed(
        absent,
        Object.fromEntries(Object.entries(REQUEST_FIELDS).map(([from, to]) => [`requests.${from}`, `requests.${to}`])),
      ),
    ),
    engine: withFields(record.engine, (engine) => ({
      ...engine,
      ...mapField(engine, 'hosts', (hosts) => mapped(hosts, (host) => renamed(host, REQUEST_FIELDS))),
    })),
  };
}

/** The gate of the direct path, which compares cells. */
const DIRECT_GATE = 'direct p99';
const REQUEST_FIELDS = { unfinished: 'inFlightAtEnd', carriedIn: 'inFlightAtStart' };

function migrateOutcome(outcome: unknown): unknown {
  return withFields(renamed(outcome, { remedy: 'hint', nextStep: 'hint' }), (fields) => ({
    ...fields,
    ...(fields.stage === 'settle' ? { stage: 'preflight' } : {}),
    ...(fields.phase === 'after' ? { phase: 'recovery' } : {}),
  }));
}

/** `scenario.yaml`: a window that has stages lasts as long as they do. */
export function completeScenario(document: unknown): unknown {
  return withFields(document, (scenario) => ({
    ...scenario,
    ...mapField(scenario, 'load', (load) =>
      withFields(load, (fields) => {
        const { stages, durationS } = fields;
        if (!Array.isArray(stages) || durationS !== undefined) return fields;
        const lasting = stages.map((stage) => (isFields(stage) ? Number(stage.durationS) : Number.NaN));
        return { ...fields, durationS: lasting.reduce((sum, s) => sum + s, 0) };
      }),
    ),
  }));
}

/** A line of `samples.jsonl`, which has no version. */
export function migrateSample(document: unknown): unknown {
  return withFields(document, (sample) => (sample.phase === 'after' ? { ...sample, phase: 'recovery' } : sample));
}

/** `install.json`: version 1 to 2. */
export function migrateReceipt(document: unknown): unknown {
  return isVersion1(document) ? renamed({ ...document, schemaVersion: 2 }, { way: 'method' }) : document;
}

/** `failed.json`, which has no version. */
export function migrateInstallFailure(document: unknown): unknown {
  return withFields(renamed(document, { remedy: 'hint' }), (failure) => ({
    ...failure,
    failures: mapped(failure.failures, (each) => renamed(each, { way: 'method', nextStep: 'hint' })),
  }));
}

/** `gateway.yaml` and tool manifests: people write these, so the earlier spelling stays valid. */
export function migrateManifest(document: unknown): unknown {
  return withFields(document, (manifest) => ({
    ...manifest,
    ...mapField(manifest, 'install', migrateInstall),
    ...mapField(manifest, 'variants', (variants) =>
      withFields(variants, (byName) =>
        Object.fromEntries(
          Object.entries(byName).map(([name, variant]) => [
            name,
            withFields(renamed(variant, { standsIn: 'fallback' }), (fields) => ({
              ...fields,
              ...mapField(fields, 'install', migrateInstall),
            })),
          ]),
        ),
      ),
    ),
  }));
}

function migrateInstall(install: unknown): unknown {
  return mapped(install, (each) => renamed(each, { way: 'method' }));
}

/**
 * Version 1 kept the text of `intel_pstate/no_turbo` or of `cpufreq/boost`, whose meanings are opposite, and not which.
 * Only a CPU that isn't Intel's can't have had the former.
 */
function turboFromRawText(text: unknown, cpuModel: unknown): boolean | null {
  if (typeof text !== 'string' || typeof cpuModel !== 'string' || /intel/i.test(cpuModel)) return null;
  return text === '1';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isVersion1(document: unknown): document is Fields {
  return isFields(document) && document.schemaVersion === 1;
}

function withFields(value: unknown, change: (fields: Fields) => Fields): unknown {
  return isFields(value) ? change(value) : value;
}

function mapped(value: unknown, change: (item: unknown) => unknown): unknown {
  return Array.isArray(value) ? value.map(change) : value;
}

/** The field changed, or nothing if it is absent, so that its default still holds. */
function mapField(fields: Fields, name: string, change: (value: unknown) => unknown): Fields {
  return name in fields ? { [name]: change(fields[name]) } : {};
}

/** Keys renamed in place: their order is kept. */
function renamed(value: unknown, names: Readonly<Record<string, string>>): unknown {
  return withFields(value, (fields) =>
    Object.fromEntries(
      Object.entries(fields).map(([key, field]) => [Object.hasOwn(names, key) ? (names[key] ?? key) : key, field]),
    ),
  );
}
