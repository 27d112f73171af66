import type { SettingsOf } from '../config/provider-schema.ts';
import { type FileResources, fileProvider, loadFiles } from './file-provider.ts';
import type { QueryProvider } from './provider.ts';

/**
 * Results of Velociraptor's offline collector (folders, or the collection's zip): each artifact is a table named after
 * it, as `Windows_System_Pslist`.
 */
export function velociraptor(name: string, options: SettingsOf<'velociraptor'>, files: FileResources): QueryProvider {
  return fileProvider(name, (signal) => loadFiles(options.paths, files, signal), files);
}
