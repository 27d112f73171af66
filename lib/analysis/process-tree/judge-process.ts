import { decodeText, judgeDecoded } from '../base64/index.ts';
import { baseName } from './names.ts';
import { makeRecentTexts } from './recent-texts.ts';
import { COMMAND_OBSERVATIONS, PAIRINGS, PATH_OBSERVATIONS, SYSTEM_PROGRAMS, WORTH_A_LOOK } from './suspicious.ts';

export interface ProcessJudgement {
  /** 0 to 100. */
  readonly score: number;
  /** The part of the score that does not come from an encoded command: that is `decode.base64`'s to report. */
  readonly scoreOfRest: number;
  readonly reasons: readonly string[];
  readonly techniques: readonly string[];
}

export const NOTHING_NOTABLE: ProcessJudgement = { score: 0, scoreOfRest: 0, reasons: [], techniques: [] };
const MAX_SCORE = 97;
const REMEMBERED = 100_000;
const ENCODED = /[-/\u2013-\u2015]e(?:c|n|nc[a-z]{0,11})?[\s:]|base64/i;
const MAX_COMMAND = 32_768;

export interface ProcessJudge {
  /** Of names or paths as logged. */
  ofPaths(path: string, parentPath: string): ProcessJudgement;
  ofCommand(commandLine: string): ProcessJudgement;
}

/** A judge that remembers command lines: equal ones are judged once. */
export function makeProcessJudge(): ProcessJudge {
  const known = new Map<string, ProcessJudgement>();
  const recent = makeRecentTexts<ProcessJudgement>();
  return {
    ofPaths: (path, parentPath) => judgePaths(path.toLowerCase(), parentPath.toLowerCase()),
    ofCommand(commandLine) {
      let judgement = recent.get(commandLine);
      if (judgement !== undefined) return judgement;
      judgement = known.get(commandLine);
      if (judgement === undefined) {
        judgement = judgeCommand(commandLine);
        if (known.size >= REMEMBERED) known.clear();
        known.set(commandLine, judgement);
      }
      recent.set(commandLine, judgement);
      return judgement;
    },
  };
}

function judgePaths(path: string, parentPath: string): ProcessJudgement {
  const judgements: ProcessJudgement[] = [];
  for (const { pattern, points, says, techniques } of PATH_OBSERVATIONS) {
    if (pattern.test(path)) judgements.push({ score: points, scoreOfRest: points, reasons: [says], techniques });
  }
  const name = baseName(path);
  const folders = SYSTEM_PROGRAMS.get(name);
  if (folders && name.length < path.length && !folders.test(path.replace(/^[a-z]:|^\\device\\harddiskvolume\d+/, ''))) {
    judgements.push({
      score: 60,
      scoreOfRest: 60,
      reasons: [`is named ${name}, but does not lie where that belongs`],
      techniques: ['T1036.005'],
    });
  }
  const parent = baseName(parentPath);
  for (const { parents, children, points, says, techniques } of PAIRINGS) {
    if (parents.has(parent) && children.has(name))
      judgements.push({ score: points, scoreOfRest: points, reasons: [`${says} (${parent})`], techniques });
  }
  return combine(judgements);
}

function judgeCommand(commandLine: string): ProcessJudgement {
  const text = commandLine.length > MAX_COMMAND ? commandLine.slice(0, MAX_COMMAND) : commandLine;
  const judgements: ProcessJudgement[] = [];
  for (const { pattern, points, says, techniques } of WORTH_A_LOOK.test(text) ? COMMAND_OBSERVATIONS : []) {
    if (pattern.test(text)) judgements.push({ score: points, scoreOfRest: points, reasons: [says], techniques });
  }
  const decoded = ENCODED.test(text) ? decodeText(text) : null;
  const judgement = decoded ? judgeDecoded(text, decoded) : null;
  if (judgement) {
    const { score, reason, techniques } = judgement;
    judgements.push({
      score,
      scoreOfRest: 0,
      reasons: [`has an encoded command line: ${reason.replace(/\.$/, '')}`],
      techniques,
    });
  }
  return combine(judgements);
}

/** The strongest counts whole, the others a third: they often tell of the same. */
export function combine(judgements: readonly ProcessJudgement[]): ProcessJudgement {
  const notable = judgements.filter((judgement) => judgement.score > 0);
  if (notable.length < 2) return notable[0] ?? NOTHING_NOTABLE;
  const [strongest, ...others] = notable.sort((a, b) => b.score - a.score) as [ProcessJudgement, ...ProcessJudgement[]];
  const score = others.reduce((sum, other) => sum + other.score / 3, strongest.score);
  return {
    score: Math.min(MAX_SCORE, Math.round(score)),
    scoreOfRest: Math.max(...notable.map((judgement) => judgement.scoreOfRest)),
    // What is the process's own comes first; its encoded command is told at length elsewhere.
    reasons: [...notable].sort((a, b) => b.scoreOfRest - a.scoreOfRest).flatMap((judgement) => judgement.reasons),
    techniques: [...new Set(notable.flatMap((judgement) => judgement.techniques))].sort(),
  };
}

/** Adds to what is notable already, where the path is rare among the starts. */
export function rarer(judgement: ProcessJudgement, starts: number, allStarts: number): ProcessJudgement {
  if (allStarts < 200 || starts * 1000 > allStarts) return judgement;
  return {
    ...judgement,
    score: Math.min(MAX_SCORE, judgement.score + 10),
    reasons: [...judgement.reasons, `has a path that is rare here (${starts} of ${allStarts} starts)`],
  };
}
