import { current, type State, set } from './state.ts';

const FOLDERS = ['dataPaths', 'queryFolders', 'playbookFolders', 'ruleFolders', 'allowLists'];

export async function editFolders(state: State): Promise<void> {
  const settings = current(state) as unknown as Record<string, readonly string[]>;
  for (const field of FOLDERS) {
    const typed = await state.prompter.ask(`${field} (with commas between, "-" for none)`, settings[field]?.join(', '));
    const paths = typed
      .split(',')
      .map((path) => path.trim())
      .filter((path) => path !== '');
    if (typed === '-') set(state, field, undefined);
    else if (paths.length > 0) set(state, field, paths);
  }
}
