import { editSettings, pathOf } from '../../lib/config/edit-settings.ts';
import { SettingsError } from '../../lib/config/problems.ts';
import { parseSettings, type Settings } from '../../lib/config/settings.ts';
import { readTyped } from '../../lib/config/typed-value.ts';
import type { TrailhoundError } from '../../lib/errors.ts';
import { redact } from '../../lib/redaction.ts';
import type { Prompter } from '../prompter.ts';

/** Stores a secret in the Key Vault of the settings. */
export type WriteSecret = (settings: Settings, name: string, value: string) => Promise<void>;

/** The settings' text as it is edited, and whom to ask. */
export interface State {
  text: string;
  readonly prompter: Prompter;
  readonly writeSecret: WriteSecret;
}

export function say({ prompter }: State, { message, hint }: TrailhoundError): void {
  prompter.say(redact(`${message}${hint ? `\n${hint}` : ''}`));
}

export function set(state: State, field: string, value: unknown): void {
  state.text = editSettings(state.text, field, value);
}

export function current(state: State): Settings {
  return parseSettings(state.text, 'trailhound.yaml', {});
}

/** Asks for one setting until it is right; `-` removes it, an empty answer leaves it. */
export async function askFor(state: State, field: string, label = field, fallback?: string): Promise<void> {
  for (;;) {
    const typed = await state.prompter.ask(`${label} ("-" removes it)`, fallback);
    if (typed === '' || typed === fallback) return;
    try {
      return set(state, field, typed === '-' ? undefined : readTyped(typed, pathOf(field), current(state)));
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      say(state, error);
    }
  }
}
