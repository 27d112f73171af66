import { editSignIn, workspaceAt } from './sign-in.ts';
import { askFor, current, type State, set } from './state.ts';

export async function editWorkspaces(state: State): Promise<void> {
  const { workspaces } = current(state);
  const position = await state.prompter.choose('Which workspace?', [
    ...workspaces.map(({ name }) => name),
    'A new one',
    'Back',
  ]);
  if (position > workspaces.length) return;
  const known = workspaces[position];
  const base = `workspaces[${position}]`;
  if (!known) {
    const name = await state.prompter.ask('Your name for it', 'soc');
    const workspaceId = await state.prompter.ask('Workspace id (GUID)');
    set(state, base, { name, workspaceId });
  } else {
    const choice = await state.prompter.choose(`Workspace ${known.name}`, ['Change', 'Remove', 'Back']);
    if (choice === 1) set(state, base, undefined);
    if (choice !== 0) return;
  }
  for (const [field, label] of [
    ['workspaceName', 'Its name in Azure'],
    ['subscriptionId', 'Subscription id'],
    ['resourceGroup', 'Resource group'],
    ['tenantId', 'Tenant id, if it is another than the common one'],
    ['cloud', 'Cloud, if it is another than the common one'],
  ] as const) {
    await askFor(state, `${base}.${field}`, label, known?.[field]);
  }
  const choices = ['It signs in in its own way', 'Leave it'];
  if ((await state.prompter.choose(`Sign-in for ${workspaceAt(state, base).name}`, choices)) === 0) {
    await editSignIn(state, `${base}.`, known?.identity ?? {});
  }
}
