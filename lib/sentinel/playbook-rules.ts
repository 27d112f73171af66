import type { PlaybookRule } from '../config/sentinel-schema.ts';
import type { Settings, WorkspaceSettings } from '../config/settings.ts';
import type { SentinelIncident } from './incident.ts';

/** The playbook that an incident is to be investigated with, and the rule (0-based) that chose it. */
export interface PlaybookChoice {
  readonly playbook: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly rule: number;
}

type Condition = keyof PlaybookRule['when'];

/** What each condition looks at; one of the values has to fit. */
const VALUES: Readonly<Record<Condition, (incident: SentinelIncident) => readonly string[]>> = {
  title: ({ title }) => [title],
  severity: ({ severity }) => [severity],
  tactic: ({ tactics }) => tactics,
  technique: ({ techniques }) => techniques,
  product: ({ products }) => products,
  provider: ({ provider }) => [provider],
  label: ({ labels }) => labels,
  workspace: ({ workspace }) => [workspace.workspaceName, workspace.workspaceId],
  analyticRule: ({ analyticRuleIds }) => analyticRuleIds.flatMap((id) => [id, id.split('/').at(-1) ?? '']),
  entityKind: ({ entities }) => entities.map(({ kind }) => kind),
};

/** The first rule whose conditions all hold; undefined if none does. */
export function choosePlaybook(settings: Settings, incident: SentinelIncident): PlaybookChoice | undefined {
  for (const [index, rule] of settings.sentinel.playbookRules.entries()) {
    const holds = (Object.keys(rule.when) as Condition[]).every((condition) => {
      const patterns = rule.when[condition];
      if (patterns === undefined) return true;
      const values = VALUES[condition](incident);
      return [patterns].flat().some((pattern) => values.some((value) => matchesPattern(value, pattern)));
    });
    if (holds) return { playbook: rule.playbook, inputs: rule.inputs ?? {}, rule: index };
  }
  return undefined;
}

/**
 * Whether a text is what a pattern says, without regard to case; `*` stands for any text. Steps back to the last `*`
 * alone, so time is bounded by the product of the two lengths, and both are short.
 */
export function matchesPattern(text: string, pattern: string): boolean {
  const value = text.toLowerCase();
  const wanted = pattern.toLowerCase();
  let at = 0;
  let p = 0;
  let star = -1;
  let resume = 0;
  while (at < value.length) {
    if (wanted[p] === '*') {
      star = p++;
      resume = at;
    } else if (p < wanted.length && wanted[p] === value[at]) {
      p++;
      at++;
    } else if (star >= 0) {
      p = star + 1;
      at = ++resume;
    } else return false;
  }
  while (wanted[p] === '*') p++;
  return p === wanted.length;
}

/** The workspace of the settings that an incident belongs to; undefined if the settings do not have it. */
export function settingsOfIncident(
  settings: Settings,
  incident: Pick<SentinelIncident, 'workspace'>,
): WorkspaceSettings | undefined {
  const { workspaceId, subscriptionId, resourceGroup, workspaceName } = incident.workspace;
  const same = (a: string | undefined, b: string) => a !== undefined && b !== '' && a.toLowerCase() === b.toLowerCase();
  return settings.workspaces.find(
    (each) =>
      (same(each.subscriptionId, subscriptionId) &&
        same(each.resourceGroup, resourceGroup) &&
        same(each.workspaceName, workspaceName)) ||
      same(each.workspaceId, workspaceId),
  );
}
