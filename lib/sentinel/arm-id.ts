import { TrailhoundError } from '../errors.ts';

/** Where an incident lives, from its ARM id. */
export interface IncidentLocation {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly workspaceName: string;
  /** The incident's own name: a GUID, or what another product gave. */
  readonly incidentName: string;
}

const INCIDENT =
  /^\/subscriptions\/([0-9a-f-]{36})\/resourceGroups\/([\p{L}\p{N}._()-]{1,90})\/providers\/Microsoft\.OperationalInsights\/workspaces\/([A-Za-z0-9-]{1,63})\/providers\/Microsoft\.SecurityInsights\/Incidents\/([A-Za-z0-9_.-]{1,128})$/iu;

/** Reads an incident's ARM id; undefined if it is none. Nothing else is ever put into an ARM address. */
export function readIncidentId(armId: string): IncidentLocation | undefined {
  const match = INCIDENT.exec(armId);
  if (!match || match[4] === '.' || match[4] === '..' || match[2] === '.' || match[2] === '..') return undefined;
  const [, subscriptionId = '', resourceGroup = '', workspaceName = '', incidentName = ''] = match;
  return { subscriptionId, resourceGroup, workspaceName, incidentName };
}

/** As `readIncidentId`; what is none is a usage error. */
export function parseIncidentId(armId: string): IncidentLocation {
  const location = readIncidentId(armId);
  if (location) return location;
  throw new TrailhoundError(
    'usage',
    `${JSON.stringify(armId.slice(0, 200))} is not the ARM id of a Sentinel incident`,
    {
      hint: 'As /subscriptions/…/resourceGroups/…/providers/Microsoft.OperationalInsights/workspaces/…/providers/Microsoft.SecurityInsights/Incidents/…',
    },
  );
}

/** The path of an incident in Azure Resource Manager. */
export function incidentPath({ subscriptionId, resourceGroup, workspaceName, incidentName }: IncidentLocation): string {
  const workspace = `/subscriptions/${subscriptionId}/resourceGroups/${encodeURIComponent(resourceGroup)}/providers/Microsoft.OperationalInsights/workspaces/${workspaceName}`;
  return `${workspace}/providers/Microsoft.SecurityInsights/incidents/${encodeURIComponent(incidentName)}`;
}
