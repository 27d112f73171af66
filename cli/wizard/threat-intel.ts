import { askSecretReference } from './secrets.ts';
import { current, type State, set } from './state.ts';

export async function editThreatIntel(state: State): Promise<void> {
  const services = Object.keys(current(state).threatIntel).filter((name) => name !== 'localFiles');
  const position = await state.prompter.choose('Which service?', [...services, 'A new one', 'Back']);
  if (position > services.length) return;
  const known = services[position];
  const name = known ?? (await state.prompter.ask('Its name, as virustotal')).toLowerCase();
  if (name === '') return;
  const field = `threatIntel.${name}`;
  const { enabled = true } = (current(state).threatIntel[name] ?? {}) as { enabled?: boolean };
  if (known) {
    const choices = ['Change its key', enabled ? 'Switch it off' : 'Switch it on', 'Remove'];
    const choice = await state.prompter.choose(`Service ${name}`, [...choices, 'Back']);
    if (choice === 1) return set(state, `${field}.enabled`, !enabled);
    if (choice === 2) return set(state, field, undefined);
    if (choice === 3) return;
  }
  const reference = await askSecretReference(state, `${name}-key`, `Key of ${name}`);
  if (reference !== undefined) set(state, `${field}.key`, reference);
}
