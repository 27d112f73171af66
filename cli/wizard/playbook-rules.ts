import { current, type State, set } from './state.ts';

export async function editPlaybookRules(state: State): Promise<void> {
  const { playbookRules } = current(state).sentinel;
  for (const { when, playbook } of playbookRules) state.prompter.say(`  ${JSON.stringify(when)} → ${playbook}`);
  const playbook = await state.prompter.ask('Playbook for incidents that no rule above names (empty: none)');
  if (playbook !== '') set(state, 'sentinel.playbookRules', [...playbookRules, { playbook }]);
}
