import { parse } from 'yaml';
import { nodeAt } from './json-schema.ts';

/**
 * A value as people type it, on a command line or in an environment variable: text where the setting is text, else YAML.
 * A list of texts may also be given with commas between.
 *
 * @param settings what is known of the settings, to tell apart types of providers
 * @example readTyped('cli, interactive', ['identity', 'methods'], {}) // ['cli', 'interactive']
 */
export function readTyped(text: string, path: readonly (string | number)[], settings: unknown): unknown {
  const node = nodeAt(path, settings);
  if (node?.type === 'string') return text;
  const value = parsed(text);
  const isListOfTexts = node?.type === 'array' && node.items?.type === 'string';
  if (!isListOfTexts || Array.isArray(value) || (typeof value === 'object' && value !== null)) return value;
  // What began as a list or mapping and is broken is left as it is, to be reported.
  if (/^\s*[[{]/.test(text)) return value;
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function parsed(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0, logLevel: 'error' }) as unknown;
  } catch {
    return text;
  }
}
