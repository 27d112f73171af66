import { TrailhoundError } from '../lib/errors.ts';
import type { Prompter } from './prompter.ts';
import { editFolders } from './wizard/folders.ts';
import { editPlaybookRules } from './wizard/playbook-rules.ts';
import { editProviders } from './wizard/providers.ts';
import { editIdentity } from './wizard/sign-in.ts';
import { askFor, type State, say, type WriteSecret } from './wizard/state.ts';
import { editThreatIntel } from './wizard/threat-intel.ts';
import { editWorkspaces } from './wizard/workspaces.ts';

interface Topic {
  readonly title: string;
  edit(state: State): Promise<void>;
}

const TOPICS: readonly Topic[] = [
  { title: 'Cloud and sign-in', edit: editIdentity },
  { title: 'Key Vault', edit: (state) => askFor(state, 'keyVault') },
  { title: 'Workspaces and tenants', edit: editWorkspaces },
  { title: 'Providers', edit: editProviders },
  { title: 'Threat-intelligence keys', edit: editThreatIntel },
  { title: 'Folders of queries, playbooks, rules and data', edit: editFolders },
  { title: 'Playbook for Sentinel incidents', edit: editPlaybookRules },
];

/** Asks what is to change until the user is done; gives the settings' new text. */
export async function runConfigWizard(text: string, prompter: Prompter, writeSecret: WriteSecret): Promise<string> {
  const state: State = { text, prompter, writeSecret };
  for (;;) {
    const position = await prompter.choose('What do you want to set?', [...TOPICS.map(({ title }) => title), 'Done']);
    const topic = TOPICS[position];
    if (!topic) return state.text;
    try {
      await topic.edit(state);
    } catch (error) {
      if (!(error instanceof TrailhoundError) || error.code === 'cancelled') throw error;
      say(state, error);
    }
  }
}
