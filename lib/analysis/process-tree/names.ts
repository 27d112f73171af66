/** For distinct lower-case names by number: whether they are paths, and the number of their base name. */
export interface NameMatcher {
  /** -1 for no name. */
  baseOf(code: number): number;
  /** Equal in full; or in the base name, where either has no path. Without a name on one side nothing speaks against. */
  matches(name: number, told: number): boolean;
}

export function matchNames(texts: readonly string[]): NameMatcher {
  const bases = new Int32Array(texts.length);
  const isPath = new Uint8Array(texts.length);
  const codes = new Map<string, number>();
  texts.forEach((text, code) => {
    const base = baseName(text);
    isPath[code] = base.length < text.length ? 1 : 0;
    const known = codes.get(base);
    if (known === undefined) codes.set(base, code);
    bases[code] = known ?? code;
  });
  return {
    baseOf: (code) => (code < 0 ? -1 : bases[code]!),
    matches(name, told) {
      if (name === told || name < 0 || told < 0) return true;
      return bases[name] === bases[told] && (isPath[name] === 0 || isPath[told] === 0 || isDevice(texts, name, told));
    },
  };
}

/** `\Device\HarddiskVolume3\Windows\x.exe` and `C:\Windows\x.exe` are one file. */
function isDevice(texts: readonly string[], name: number, told: number): boolean {
  return withoutRoot(texts[name]!) === withoutRoot(texts[told]!);
}

function withoutRoot(path: string): string {
  return path.replace(/^(?:\\\\\?\\)?(?:\\device\\harddiskvolume\d+|[a-z]:)/, '');
}

/** What follows the last separator of either kind. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1);
}
