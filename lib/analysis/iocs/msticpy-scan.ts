import type { Column } from '../../tables/index.ts';
import { isTextColumn } from '../../tables/index.ts';
import { msticpyFinders } from './msticpy-patterns.ts';
import { hasPublicSuffix } from './suffix.ts';

export const MSTICPY_IOC_TYPES = [
  'ipv4',
  'ipv6',
  'dns',
  'url',
  'email',
  'windows_path',
  'linux_path',
  'md5_hash',
  'sha1_hash',
  'sha256_hash',
] as const;

const PRIORITIES: Readonly<Record<string, number>> = {
  ipv4: 0,
  ipv6: 0,
  dns: 2,
  url: 0,
  email: 1,
  windows_path: 3,
  linux_path: 4,
  md5_hash: 1,
  sha1_hash: 1,
  sha256_hash: 1,
};

export interface MsticpyScanOptions {
  /** Null: all types. */
  readonly types: ReadonlySet<string> | null;
  readonly ignoreTlds: boolean;
  /** Default true there: matches defanged forms, and leaves them defanged. */
  readonly defanged: boolean;
}

/** What MSTICPy 3.0.2 finds in a text: value and type, in the order in which it finds them. */
export function scanLikeMsticpy(text: string, options: MsticpyScanOptions): { type: string; value: string }[] {
  const found = new Map<string, string>();
  const add = (value: string, type: string) => {
    const known = found.get(value);
    if (known === undefined || PRIORITIES[type]! < PRIORITIES[known]!) found.set(value, type);
  };
  for (const [type, find] of msticpyFinders(options.defanged)) {
    if (options.types && !options.types.has(type)) continue;
    let previousEnd = 0;
    for (const match of find(text, 0)) {
      if (type === 'dns' && !options.ignoreTlds && !hasPublicSuffix(match.value.replaceAll('[.]', '.').toLowerCase()))
        continue;
      add(match.value, type);
      if (type === 'url') {
        for (const inner of find(unquote(match.value), previousEnd)) {
          add(inner.value, 'url');
          add(inner.host ?? '', 'dns');
        }
      }
      previousEnd = match.end;
    }
  }
  const distinct = new Map<string, { type: string; value: string }>();
  for (const [value, type] of found) {
    const shown = options.defanged ? value : refangLikeMsticpy(value, type);
    distinct.set(`${type} ${shown}`, { type, value: shown });
  }
  return [...distinct.values()];
}

/** Python's `unquote`: percent escapes are UTF-8; what is not becomes U+FFFD. */
function unquote(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (escapes) =>
    Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}

function refangLikeMsticpy(value: string, type: string): string {
  if (type === 'url') return value.replace('hXXp', 'http').replace('fXp', 'ftp').replaceAll('[.]', '.');
  if (type === 'email') return value.replaceAll('[AT]', '@').replaceAll('[.]', '.');
  return type === 'ipv4' || type === 'ipv6' || type === 'dns' ? value.replaceAll('[.]', '.') : value;
}

export interface MsticpyIoc {
  readonly type: string;
  readonly observable: string;
  readonly row: number;
  readonly input: string;
}

/** MSTICPy's `extract` over table columns: row by row, column by column. Null cells are passed over. */
export function extractLikeMsticpy(columns: readonly Column[], options: MsticpyScanOptions): MsticpyIoc[] {
  const known = new Map<string, { type: string; value: string }[]>();
  const found: MsticpyIoc[] = [];
  for (let row = 0; row < (columns[0]?.values.length ?? 0); row++) {
    for (const column of columns) {
      const input = isTextColumn(column) ? column.values[row] : null;
      if (input === null || input === undefined) continue;
      let iocs = known.get(input);
      if (iocs === undefined) {
        iocs = scanLikeMsticpy(input, options);
        if (known.size < 200_000) known.set(input, iocs);
      }
      for (const { type, value } of byType(iocs)) found.push({ type, observable: value, row, input });
    }
  }
  return found;
}

/** Types in the order in which each was first found, as MSTICPy's dictionary gives them. */
function byType(iocs: readonly { type: string; value: string }[]): { type: string; value: string }[] {
  if (iocs.length < 2) return [...iocs];
  const order = new Map<string, number>();
  for (const { type } of iocs) if (!order.has(type)) order.set(type, order.size);
  return [...iocs].sort((a, b) => order.get(a.type)! - order.get(b.type)!);
}
