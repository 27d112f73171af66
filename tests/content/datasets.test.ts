import { describe, expect } from 'vitest';
import { toRows } from '../../lib/tables/index.ts';
import { itWithShared, sharedPath } from '../support/shared.ts';
import { triage } from '../support/triage.ts';

const FOLDER = 'data/security-datasets';
const titles = (findings: readonly { title: string }[]) => findings.map(({ title }) => title);
const LONG_IN_MS = 120_000;

describe('host-triage on recorded attacks', () => {
  itWithShared(
    `${FOLDER}/metasploit_logonpasswords_lsass_memory_dump.zip`,
    'names the process that opened LSASS, first of all',
    async () => {
      const { findings } = await triage(sharedPath(`${FOLDER}/metasploit_logonpasswords_lsass_memory_dump.zip`));
      expect(findings[0]!.title).toBe(
        'LSASS opened for reading by code without a file: winx64_payload.exe → lsass.exe on MKT01.pandalab.com',
      );
      expect(findings[0]!.evidence[0]!.excerpt).toContain('(0x1410)');
      const suppressed = findings.filter(({ suppressedBy }) => suppressedBy === 'network-diagnosis-script');
      expect(suppressed).not.toEqual([]);
      const high = findings.filter(({ score, suppressedBy }) => score >= 80 && !suppressedBy);
      expect(
        titles(high).filter((title) => !/winx64_payload|svchost\.exe → lsass|cmd\.exe|rundll32/.test(title)),
      ).toEqual([]);
    },
    LONG_IN_MS,
  );

  itWithShared(
    `${FOLDER}/empire_launcher_vbs.zip`,
    'decodes the launcher, names where it calls home, and the script host that started it',
    async () => {
      const verbs = ['decode.base64', 'extract.iocs', 'table.union', 'table.distinct', 'detect.sigma'];
      const { findings, tables } = await triage(sharedPath(`${FOLDER}/empire_launcher_vbs.zip`), verbs);
      const decoded = toRows(await tables.get('decoded')!.read(['DecodedText']));
      expect(decoded.some(({ DecodedText }) => /cachedGroupPolicySettings/.test(String(DecodedText)))).toBe(true);
      const iocs = toRows(await tables.get('iocs')!.read(['Observable']));
      expect(iocs.map(({ Observable }) => Observable)).toContain('10.10.10.5');
      const started = findings.find(({ title }) => title.startsWith('Script host started a shell'))!;
      expect(started.score).toBeGreaterThanOrEqual(80);
      expect(started.reason).toContain('wscript.exe');
      expect(titles(findings).join('\n')).toMatch(/switches off its own inspection/);
    },
    LONG_IN_MS,
  );

  itWithShared(
    `${FOLDER}/purplesharp_ad_playbook_I.zip`,
    'sees the spray, the tickets and the remoting',
    async () => {
      const { findings } = await triage(sharedPath(`${FOLDER}/purplesharp_ad_playbook_I.zip`));
      const high = titles(findings.filter(({ score }) => score >= 70)).join('\n');
      expect(high).toMatch(/Many accounts failed to log on/);
      expect(high).toMatch(/service tickets with weak encryption/);
      expect(high).toMatch(/PowerShell remoting on several computers/);
      expect(titles(findings).join('\n')).toMatch(/PurpleSharp\.exe/);
    },
    LONG_IN_MS,
  );

  itWithShared(
    `${FOLDER}/empire_mimikatz_logonpasswords.zip`,
    'finds what it was not tuned on: PowerShell that reads LSASS',
    async () => {
      const { findings } = await triage(sharedPath(`${FOLDER}/empire_mimikatz_logonpasswords.zip`));
      expect(findings[0]!.title).toMatch(/^LSASS opened for reading by code without a file: powershell\.exe/);
    },
    LONG_IN_MS,
  );
});
