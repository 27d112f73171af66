import type { Settings } from '../config/settings.ts';
import { TrailhoundError } from '../errors.ts';
import { loadPlaybook } from '../playbooks/index.ts';
import { tenantOf } from '../providers/index.ts';
import { choosePlaybook, inputsOfIncident, type SentinelIncident, settingsOfIncident } from '../sentinel/index.ts';
import { isoFromTicks, TICKS_PER_SECOND, ticksFromIso, ticksFromMs } from '../tables/index.ts';
import { hashOf } from './names.ts';
import type { InvestigationRequest } from './request.ts';

/** How far before the first and after the last activity of an incident an investigation looks. */
const BEFORE_IN_HOURS = 24n;
const AFTER_IN_HOURS = 1n;
const TICKS_PER_HOUR = 3600n * TICKS_PER_SECOND;

/**
 * The investigation that an incident asks for. Its id comes from the incident and its set of entities and alerts: a
 * repeat gives the same id, and an incident that has grown a new one.
 *
 * @returns null if no rule of the settings chooses a playbook for it
 */
export function requestOfIncident(
  settings: Settings,
  incident: SentinelIncident,
  dataPaths: readonly string[],
  nowInMs: number,
): InvestigationRequest | null {
  const choice = choosePlaybook(settings, incident);
  if (!choice) return null;
  const playbook = loadPlaybook(choice.playbook);
  const identity = incident.armId || `alert:${incident.incidentId}`;
  const workspace = settingsOfIncident(settings, incident)?.name ?? null;
  if (incident.incidentId === '') throw new TrailhoundError('usage', 'the payload has no id of an incident or alert');
  return {
    id: `incident-${hashOf([identity.toLowerCase(), incident.entitySetHash], 32)}`,
    playbook: choice.playbook,
    inputs: inputsOfIncident(playbook.inputs, incident, choice.inputs),
    tables: {},
    ...timesOf(incident, nowInMs),
    workspace,
    tenant: tenantOf(settings, workspace),
    dataPaths,
    trigger: incident.armId
      ? { kind: 'sentinel', incident: { armId: incident.armId, title: incident.title } }
      : { kind: 'http' },
  };
}

function timesOf(incident: SentinelIncident, nowInMs: number): Pick<InvestigationRequest, 'timeRange' | 'now'> {
  const now = ticksFromMs(nowInMs);
  const times = [incident.firstActivityAt, incident.lastActivityAt, incident.createdAt].flatMap((text) => {
    const ticks = text === null ? null : ticksFromIso(text);
    return ticks === null ? [] : [ticks];
  });
  if (times.length === 0) return { timeRange: null, now: null };
  const first = times.reduce((a, b) => (b < a ? b : a)) - BEFORE_IN_HOURS * TICKS_PER_HOUR;
  const last = times.reduce((a, b) => (b > a ? b : a)) + AFTER_IN_HOURS * TICKS_PER_HOUR;
  const end = last < now ? last : now;
  const start = first < end ? first : end - BEFORE_IN_HOURS * TICKS_PER_HOUR;
  return {
    timeRange: { start: isoFromTicks(start > 0n ? start : 0n), end: isoFromTicks(end) },
    now: isoFromTicks(end),
  };
}
