import { basename } from '../generalise.ts';
import type { Combination, CombinationCounts } from './combinations.ts';

/** How notable a combination is, with the numbers that say so. */
export interface RarityScore {
  readonly combination: Combination;
  /** 0 to 100; statistics alone give at most `MOST_BY_RARITY`. */
  readonly score: number;
  /** −log2 of the combination's share of rows. */
  readonly surpriseInBits: number;
  readonly reason: string;
}

/** A value that makes a rare combination matter more, whatever the statistics: LSASS as a target, a shell as a child. */
export interface NotableValues {
  readonly column: string;
  /** Compared with the value's last path part, without regard to case. */
  readonly values: readonly string[];
}

const MOST_BY_RARITY = 40;
const NOTABLE_BONUS = 10;
/** Below some tens of rows, "seen once" says little. */
const ROWS_FOR_HALF_CONFIDENCE = 40;
/** Weight of the rarity of the values themselves beside that of their combination. */
const PART_WEIGHT = 0.35;

/**
 * Scores combinations: rare ones among many rows score high, unless most combinations are rare (by Good and Turing, the
 * share of rows whose combination was seen once estimates how likely the next row is new, so how little "new" says).
 *
 * score = 40 · rarity · confidence · steadiness + 10 for each notable column, where
 * rarity = log(N/n)/log N of the combination, averaged with that of its rarest value (weight 0.35);
 * confidence = N/(N+40); steadiness = 1 − n₁/N, n₁ the combinations seen once.
 */
export function scoreCombinations(
  counts: CombinationCounts,
  columnNames: readonly string[],
  options: { readonly maxCount: number; readonly notable: readonly NotableValues[]; readonly relation: string | null },
): RarityScore[] {
  const { combinations, countedRows: rows, valueCounts } = counts;
  if (rows < 2) return [];
  const singles = combinations.filter((combination) => combination.count === 1).length;
  const confidence = rows / (rows + ROWS_FOR_HALF_CONFIDENCE);
  const steadiness = 1 - singles / rows;
  const notable = options.notable.map(({ column, values }) => ({
    index: columnNames.indexOf(column),
    values: new Set(values.map((value) => value.toLowerCase())),
  }));
  const rarityOf = (count: number) => Math.log(rows / count) / Math.log(rows);
  return combinations
    .filter((combination) => combination.count <= options.maxCount)
    .map((combination) => {
      const rarestPart = Math.min(...combination.parts.map((part, i) => valueCounts[i]![part]!));
      const rarity = (1 - PART_WEIGHT) * rarityOf(combination.count) + PART_WEIGHT * rarityOf(rarestPart);
      const named = notable.filter(
        ({ index, values }) => index >= 0 && values.has(basename(combination.values[index]!).toLowerCase()),
      );
      const exact = MOST_BY_RARITY * rarity * confidence * steadiness + NOTABLE_BONUS * named.length;
      return {
        combination,
        score: Math.max(0, Math.min(100, Math.round(exact))),
        surpriseInBits: Math.log2(rows / combination.count),
        reason: reasonOf(
          combination,
          counts,
          columnNames,
          options.relation,
          named.map(({ index }) => index),
        ),
      };
    })
    .sort(
      (a, b) =>
        b.score - a.score || b.surpriseInBits - a.surpriseInBits || a.combination.rows[0]! - b.combination.rows[0]!,
    );
}

function reasonOf(
  { values, parts, count, computers }: Combination,
  { countedRows, valueCounts, computerCount }: CombinationCounts,
  columnNames: readonly string[],
  relation: string | null,
  notable: readonly number[],
): string {
  const shown = values.map(basename);
  const subject =
    relation === null
      ? columnNames.map((name, i) => `${name} ${shown[i]}`).join(', ')
      : relation.replace(/\{(\d+)\}/g, (_, index: string) => shown[Number(index)] ?? '');
  const of = `among ${number(countedRows)}`;
  const where = computerCount > 1 ? ` on ${computers.size} of ${number(computerCount)} computers` : '';
  const alone = parts.map((part, i) => `${shown[i]} ${times(valueCounts[i]![part]!)} as ${columnNames[i]}`);
  const notes = notable.map((index) => `${shown[index]} is on the list of notable values of ${columnNames[index]}`);
  return `${[`Seen ${times(count)} ${of}${where}: ${subject}`, `Alone: ${alone.join(', ')}`, ...notes].join('. ')}.`;
}

function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${number(count)} times`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
