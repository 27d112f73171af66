import { hash } from 'node:crypto';
import type { DecodedText } from './decode-text.ts';

interface Sign {
  readonly pattern: RegExp;
  readonly points: number;
  readonly says: string;
  readonly techniques: readonly string[];
}

/** What decoded code does that ordinary administration seldom does. Simple alternations: linear on any text. */
const SIGNS_IN_TEXT: readonly Sign[] = [
  {
    pattern:
      /downloadstring|downloadfile|downloaddata|net\.webclient|invoke-webrequest|invoke-restmethod|start-bitstransfer|\biwr\b|\birm\b|\bcurl(?:\.exe)?\s|\bwget\s|urlcache|openread\(|xmlhttp/i,
    points: 35,
    says: 'it downloads',
    techniques: ['T1105'],
  },
  {
    pattern: /\biex\b|invoke-expression|\|\s?(?:ba|z)?sh\b|\beval\b|&\(\s?\$|\.invokescript|\bexec\(/i,
    points: 15,
    says: 'it runs code that it is given',
    techniques: ['T1059'],
  },
  {
    pattern:
      /reflection\.assembly|\[system\.reflection|virtualalloc|createthread|getdelegateforfunctionpointer|writeprocessmemory|\.getmethod\(/i,
    points: 30,
    says: 'it loads code into memory',
    techniques: ['T1620'],
  },
  {
    pattern: /mimikatz|sekurlsa|logonpasswords|lsass|minidump|invoke-kerberoast|ntds\.dit|\bsam\.save\b/i,
    points: 40,
    says: 'it goes for credentials',
    techniques: ['T1003'],
  },
  {
    pattern:
      /amsiutils|amsiinitfailed|amsicontext|etweventwrite|set-mppreference|disablerealtimemonitoring|add-mppreference/i,
    points: 40,
    says: 'it turns defences off',
    techniques: ['T1562.001'],
  },
  {
    pattern: /tcpclient|\/dev\/tcp\/|sockets\.|bash\s-i\b|nc(?:\.exe)?\s-e/i,
    points: 30,
    says: 'it opens a network connection',
    techniques: ['T1095'],
  },
];

const EXECUTABLE_TYPES = new Set(['exe', 'dll', 'sys', 'elf', 'macho', 'shellcode', 'dotnet-serialized']);
const ENCODED_POWERSHELL = /(?:powershell|pwsh)(?:\.exe)?["']?\s.{0,400}?[-/\u2013-\u2015]e(?:c|n|nc[a-z]{0,11})?\s/i;
const HIDDEN_WINDOW = /-w(?:i|in|ind|indo|indow|indowstyle)?\s{1,4}(?:h(?:i|id|idd|idde|idden)?|1)\b/i;

export interface Judgement {
  readonly score: number;
  readonly title: string;
  readonly reason: string;
  readonly techniques: readonly string[];
}

/** What a command line and what it hides say about intent, or null where nothing is notable. */
export function judgeDecoded(commandLine: string, decoded: Pick<DecodedText, 'items'>): Judgement | null {
  const reasons: string[] = [];
  const techniques = new Set<string>();
  let score = 0;
  const isPowerShell = ENCODED_POWERSHELL.test(commandLine);
  if (isPowerShell) {
    score += 30;
    reasons.push('PowerShell was given an encoded command');
    techniques.add('T1059.001').add('T1027.010');
  }
  const texts = decoded.items.flatMap((item) => (item.string ? [withoutTricks(item.string.text)] : []));
  for (const { pattern, points, says, techniques: marked } of SIGNS_IN_TEXT) {
    if (!texts.some((text) => pattern.test(text))) continue;
    score += points;
    reasons.push(says);
    for (const technique of marked) techniques.add(technique);
  }
  const executable = decoded.items.find((item) => item.fileType !== null && EXECUTABLE_TYPES.has(item.fileType));
  if (executable) {
    score += 60;
    reasons.push(`it carries a program (${executable.fileType}, SHA-256 ${hash('sha256', executable.bytes, 'hex')})`);
    techniques.add('T1027.009');
  }
  if (score === 0) return null;
  if (HIDDEN_WINDOW.test(commandLine)) {
    score += 5;
    reasons.push('its window is hidden');
    techniques.add('T1564.003');
  }
  const layers = Math.max(...decoded.items.map((item) => item.depth));
  if (layers > 1) {
    score += 10;
    reasons.push(`${layers} layers of encoding`);
  }
  if (!isPowerShell) techniques.add('T1027');
  return {
    score: Math.min(score, 97),
    title: isPowerShell ? 'Encoded PowerShell command' : executable ? 'Encoded program in a log' : 'Encoded command',
    reason: `${reasons.join('; ')}.`,
    techniques: [...techniques].sort(),
  };
}

/** Words that were cut into literals, or have escapes within, made whole: `'Net.Web'+'Client'`, ``Down`loadString``. */
function withoutTricks(text: string): string {
  return /[`^]|['"]\s?\+\s?['"]/.test(text) ? text.replaceAll(/['"]\s?\+\s?['"]|[`^]/g, '') : text;
}
