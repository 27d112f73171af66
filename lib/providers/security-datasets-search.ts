import type { QueryValue } from './provider.ts';
import type { Dataset } from './security-datasets-catalogue.ts';

/** Tactics of MITRE ATT&CK for enterprises. */
const TACTICS: Readonly<Record<string, string>> = {
  TA0043: 'Reconnaissance',
  TA0042: 'Resource Development',
  TA0001: 'Initial Access',
  TA0002: 'Execution',
  TA0003: 'Persistence',
  TA0004: 'Privilege Escalation',
  TA0005: 'Defense Evasion',
  TA0006: 'Credential Access',
  TA0007: 'Discovery',
  TA0008: 'Lateral Movement',
  TA0009: 'Collection',
  TA0010: 'Exfiltration',
  TA0011: 'Command and Control',
  TA0040: 'Impact',
};

export function tacticName(id: string): string {
  return TACTICS[id] ?? id;
}

/**
 * The datasets that hold the words, in any case, wherever they stand: between commas are alternatives, between plus signs
 * words that must all be there.
 *
 * @example searchDatasets(datasets, 'mimikatz+T1003, golden saml')
 */
export function searchDatasets(datasets: readonly Dataset[], text: string): Dataset[] {
  const alternatives = text
    .toLowerCase()
    .split(',')
    .map((each) =>
      each
        .split('+')
        .map((word) => word.trim())
        .filter((word) => word !== ''),
    )
    .filter((words) => words.length > 0);
  return datasets.filter((dataset) => {
    const all = JSON.stringify([dataset, dataset.tactics.map(tacticName)]).toLowerCase();
    return alternatives.some((words) => words.every((word) => all.includes(word)));
  });
}

/** The datasets of techniques (`T1003` has `T1003.001` too) or tactics (by id or name); any of those that are given. */
export function filterByAttack(
  datasets: readonly Dataset[],
  { techniques, tactics }: { readonly techniques?: QueryValue | undefined; readonly tactics?: QueryValue | undefined },
): Dataset[] {
  const wanted = (value: QueryValue) => [value].flat().map((each) => String(each).trim().toLowerCase());
  return datasets.filter((dataset) => {
    const hasTechnique = (id: string) =>
      dataset.techniques.some((each) => each.toLowerCase() === id || each.toLowerCase().startsWith(`${id}.`));
    const hasTactic = (named: string) =>
      dataset.tactics.some((each) => [each, tacticName(each)].some((name) => name.toLowerCase() === named));
    return (
      (techniques === undefined || wanted(techniques).some(hasTechnique)) &&
      (tactics === undefined || wanted(tactics).some(hasTactic))
    );
  });
}
