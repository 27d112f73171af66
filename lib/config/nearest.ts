/** The name that a misspelt one most likely meant: at most two edits, or a third of its length, away. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const limit = Math.max(2, Math.floor(word.length / 3));
  let best: { name: string; edits: number } | undefined;
  for (const name of names) {
    const edits = editDistance(word.toLowerCase().slice(0, 64), name.toLowerCase().slice(0, 64));
    if (edits <= limit && (!best || edits < best.edits)) best = { name, edits };
  }
  return best?.name;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(row[j - 1]! + 1, previous[j]! + 1, swap));
    }
    previous = row;
  }
  return previous[b.length]!;
}
