import type { EntityKind } from '../entities/index.ts';
import type { SentinelIncident } from './incident.ts';

/** The part of a playbook's inputs that matters here: `lib/playbooks` fits. */
export interface InputDeclaration {
  /** As `host`, `ip[]`, `string`. */
  readonly type: string;
}

const MAX_LIST = 1_000;
/** Inputs of other types, by name, that an incident can fill. */
const NAMED: Readonly<Record<string, (incident: SentinelIncident) => string>> = {
  incidentId: ({ incidentId }) => incidentId,
  incidentTitle: ({ title }) => title,
  severity: ({ severity }) => severity,
};

/**
 * The inputs of a playbook that an incident fills: those of an entity's kind get the first entity of that kind, lists of
 * a kind all of them; inputs named `incidentId`, `incidentTitle` and `severity` get those. Fixed inputs of the rule win.
 */
export function inputsOfIncident(
  declared: Readonly<Record<string, InputDeclaration>>,
  incident: SentinelIncident,
  fixed: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const inputs: Record<string, unknown> = {};
  for (const [name, { type }] of Object.entries(declared)) {
    const isList = type.endsWith('[]');
    const kind = type.replace(/\[\]$/, '') as EntityKind;
    const ids = incident.entities.filter((entity) => entity.kind === kind).map(({ id }) => id);
    const named = Object.hasOwn(NAMED, name) ? NAMED[name]?.(incident) : undefined;
    if (isList && ids.length > 0) inputs[name] = [...new Set(ids)].slice(0, MAX_LIST);
    else if (ids.length > 0) inputs[name] = ids[0];
    else if (named) inputs[name] = named;
  }
  return { ...inputs, ...fixed };
}
