import { type DecodedRowText, decodeColumn, judgeDecoded } from '../base64/index.ts';
import { baseName } from './names.ts';
import { COMMAND_OBSERVATIONS, PAIRINGS, PATH_OBSERVATIONS, SYSTEM_PROGRAMS } from './suspicious.ts';

export interface ProcessJudgement {
  /** 0 to 100. */
  readonly score: number;
  readonly reasons: readonly string[];
  readonly techniques: readonly string[];
}

export const NOTHING_NOTABLE: ProcessJudgement = { score: 0, reasons: [], techniques: [] };
const MAX_SCORE = 97;
const REMEMBERED = 100_000;
const ENCODED = /[-/\u2013-\u2015]e(?:c|n|nc[a-z]{0,11})?[\s:]|base64/i;
const MAX_COMMAND = 32_768;

export interface ProcessJudge {
  /** Paths or names as logged; `starts` and `allStarts` say how rare the path is. */
  judge(path: string, parentPath: string, commandLine: string, starts: number, allStarts: number): ProcessJudgement;
}

/** A judge of processes by path, parent and command line. Equal ones are judged once. */
export function makeProcessJudge(): ProcessJudge {
  const byCommand = new Map<string, ProcessJudgement>();
  const byPaths = new Map<string, ProcessJudgement>();
  return {
    judge(path, parentPath, commandLine, starts, allStarts) {
      const pair = `${path}\n${parentPath}`;
      const ofPaths = remembered(byPaths, pair, () => judgePaths(path.toLowerCase(), parentPath.toLowerCase()));
      const ofCommand =
        commandLine === '' ? NOTHING_NOTABLE : remembered(byCommand, commandLine, () => judgeCommand(commandLine));
      if (ofPaths.score === 0 && ofCommand.score === 0) return NOTHING_NOTABLE;
      return rarer(combine([ofPaths, ofCommand]), starts, allStarts);
    },
  };
}

function remembered(
  known: Map<string, ProcessJudgement>,
  key: string,
  judge: () => ProcessJudgement,
): ProcessJudgement {
  let judgement = known.get(key);
  if (judgement === undefined) {
    judgement = judge();
    if (known.size >= REMEMBERED) known.clear();
    known.set(key, judgement);
  }
  return judgement;
}

function judgePaths(path: string, parentPath: string): ProcessJudgement {
  const judgements: ProcessJudgement[] = [];
  for (const { pattern, points, says, techniques } of PATH_OBSERVATIONS) {
    if (pattern.test(path)) judgements.push({ score: points, reasons: [says], techniques });
  }
  const name = baseName(path);
  const folders = SYSTEM_PROGRAMS.get(name);
  if (folders && name.length < path.length && !folders.test(path.replace(/^[a-z]:|^\\device\\harddiskvolume\d+/, ''))) {
    judgements.push({
      score: 60,
      reasons: [`is named ${name}, but does not lie where that belongs`],
      techniques: ['T1036.005'],
    });
  }
  const parent = baseName(parentPath);
  for (const { parents, children, points, says, techniques } of PAIRINGS) {
    if (parents.has(parent) && children.has(name))
      judgements.push({ score: points, reasons: [`${says} (${parent})`], techniques });
  }
  return combine(judgements);
}

function judgeCommand(commandLine: string): ProcessJudgement {
  const text = commandLine.length > MAX_COMMAND ? commandLine.slice(0, MAX_COMMAND) : commandLine;
  const judgements: ProcessJudgement[] = [];
  for (const { pattern, points, says, techniques } of COMMAND_OBSERVATIONS) {
    if (pattern.test(text)) judgements.push({ score: points, reasons: [says], techniques });
  }
  const decoded: DecodedRowText | undefined = ENCODED.test(text) ? decodeColumn([text]).decoded[0] : undefined;
  const judgement = decoded ? judgeDecoded(text, decoded) : null;
  if (judgement) {
    const { score, reason, techniques } = judgement;
    judgements.push({ score, reasons: [`has an encoded command line: ${reason.replace(/\.$/, '')}`], techniques });
  }
  return combine(judgements);
}

/** The strongest counts whole, the others a third: they often tell of the same. */
function combine(judgements: readonly ProcessJudgement[]): ProcessJudgement {
  const notable = judgements.filter((judgement) => judgement.score > 0).sort((a, b) => b.score - a.score);
  const [strongest, ...others] = notable;
  if (!strongest) return NOTHING_NOTABLE;
  const score = others.reduce((sum, other) => sum + other.score / 3, strongest.score);
  return {
    score: Math.min(MAX_SCORE, Math.round(score)),
    reasons: notable.flatMap((judgement) => judgement.reasons),
    techniques: [...new Set(notable.flatMap((judgement) => judgement.techniques))].sort(),
  };
}

function rarer(judgement: ProcessJudgement, starts: number, allStarts: number): ProcessJudgement {
  if (allStarts < 200 || starts * 1000 > allStarts) return judgement;
  return {
    ...judgement,
    score: Math.min(MAX_SCORE, judgement.score + 10),
    reasons: [...judgement.reasons, `its path is rare here (${starts} of ${allStarts} starts)`],
  };
}
