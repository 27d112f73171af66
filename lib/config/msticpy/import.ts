import { type Document, parseDocument } from 'yaml';
import { TrailhoundError } from '../../errors.ts';
import { pathOf } from '../edit-settings.ts';
import { removeValue } from '../patch-yaml.ts';
import { SettingsError } from '../problems.ts';
import { checkSettings, syntaxProblem } from '../settings.ts';
import { importAzure } from './azure.ts';
import { importDataProviders } from './data-providers.ts';
import { field, pathsOf } from './fields.ts';
import { Part } from './source.ts';
import { importThreatIntel } from './threat-intel.ts';
import { importConfigJson, importWorkspaces } from './workspaces.ts';

/** What a MSTICPy user's settings become. */
export interface ImportedSettings {
  /** For `trailhound.yaml`. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** What was not taken over, and why; and what to do. */
  readonly notes: readonly string[];
}

/** Sections that set up notebooks alone. */
const FOR_NOTEBOOKS = ['UserDefaults', 'Pivots', 'PluginFolders', 'Plugins', 'Autogen'];
const MAX_FAULTS = 200;

/**
 * Takes over `msticpyconfig.yaml`, or the older `config.json`: workspaces, cloud and sign-in, Key Vault,
 * threat-intelligence keys, data providers and query folders. References to environment variables and Key Vault become
 * references of ours; nothing is read. Whatever is not taken over is named, and what would be wrong is left out.
 *
 * @param options.name of the file, for problems · `home`: what `~` stands for
 * @throws SettingsError: the text is no YAML · usage: it has no sections
 */
export function importMsticpySettings(text: string, options: { name: string; home: string }): ImportedSettings {
  const notes: string[] = [];
  const root = new Part(readYaml(text, options.name), notes);
  if (root.parts().length === 0) {
    throw new TrailhoundError('usage', `${options.name} is no msticpyconfig.yaml: it has no sections`);
  }
  const settings: Record<string, unknown> = root.has('workspace_id') ? importConfigJson(root) : importAzure(root);
  const tenantId = (settings['identity'] as { tenantId?: unknown } | undefined)?.tenantId;
  const workspaces = importWorkspaces(root, tenantId);
  if (workspaces.length > 0) settings['workspaces'] = workspaces;
  const threatIntel = importThreatIntel(root);
  if (Object.keys(threatIntel).length > 0) settings['threatIntel'] = threatIntel;
  Object.assign(settings, importDataProviders(root, options.home, tenantId), queryFolders(root, options.home));
  for (const name of ['OtherProviders', 'ContextProviders']) {
    for (const part of root.at(name).parts()) part.note('there is no such provider here');
  }
  for (const name of FOR_NOTEBOOKS) root.at(name).note('is for notebooks, and has no counterpart');
  for (const part of root.unread()) part.note('was not taken over');
  leaveOutFaults(settings, notes);
  return { settings, notes };
}

/** YAML as Python's reader has it: version 1.1, and numbers (which keys may be) to the last digit. */
function readYaml(text: string, name: string): unknown {
  const document: Document = parseDocument(text, { version: '1.1', intAsBigInt: true, logLevel: 'error' });
  const faults = document.errors.map((fault) => syntaxProblem(fault, text, name));
  if (faults.length > 0) throw new SettingsError(faults);
  try {
    return document.toJS({ maxAliasCount: 50 });
  } catch {
    throw new TrailhoundError('limit', `${name} uses anchors and aliases (&name, *name) too often`);
  }
}

function queryFolders(root: Part, home: string): Record<string, unknown> {
  const definitions = root.at('QueryDefinitions');
  definitions.at('Default').pass();
  const global = root.at('msticpy');
  const folders = [...pathsOf(definitions.at('Custom'), home), ...pathsOf(global.at('QueryDefinitions'), home)];
  global.at('FriendlyExceptions').pass();
  global.at('Proxies').note('Node takes a proxy from HTTPS_PROXY, with NODE_USE_ENV_PROXY=1');
  return field('queryFolders', folders.length > 0 ? [...new Set(folders)] : undefined);
}

/** What the schema refuses is left out and named, so that the result is in order. */
function leaveOutFaults(settings: Record<string, unknown>, notes: string[]): void {
  for (let faults = 0; faults < MAX_FAULTS; faults++) {
    const [problem] = checkSettings(settings);
    if (!problem) return;
    const path = pathOf(problem.field);
    const isThere = problem.message !== 'is missing';
    removeValue(settings, isThere ? path : path.slice(0, -1));
    notes.push(`${problem.field} (as it would be here): ${problem.message}; left out`);
  }
}
