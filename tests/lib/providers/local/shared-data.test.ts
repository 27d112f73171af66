import { describe, expect } from 'vitest';
import { loadLocalData } from '../../../../lib/providers/local/index.ts';
import { ticksFromIso } from '../../../../lib/tables/index.ts';
import { itWithShared, sharedPath } from '../../../support/shared.ts';
import { accounted, rowsOf, tableOf, temporaryFolder } from './support.ts';

/** Records in the published files, counted by other means. */
const RECORDS: Readonly<Record<string, number>> = {
  'AADAuditEvents.Zip': 4,
  'Microsoft365DefenderEvents.Zip': 9,
  'OfficeActivityEvents.Zip': 1,
  'WindowsEvents.Zip': 38,
  'ec2_proxy_s3_exfiltration.zip': 103,
  'empire_launcher_vbs.zip': 2067,
  'empire_mimikatz_logonpasswords.zip': 6026,
  'empire_schtasks_creation_standard_user.zip': 1297,
  'metasploit_logonpasswords_lsass_memory_dump.zip': 53_698,
  'metasploit_logonpasswords_lsass_memory_dump_zeek_logs.zip': 261,
  'purplesharp_ad_playbook_I.zip': 25_993,
  'securityauditing_log4shell_cve2021_44228_java_serialized_object.zip': 39,
  'sh_arp_cache.zip': 12,
  'syslog_auoms_auditd_log4shell_cve2021_44228_jndi_reference.zip': 50,
  'syslog_sysmon_log4shell_cve2021_44228_jndi_reference.zip': 93,
  'sysmon_log4shell_cve2021_44228_java_serialized_object.zip': 487,
  'vminsights_vmconnection_log4shell_cve2021_44228_jndi_reference.zip': 5,
};

describe('published data', () => {
  itWithShared(
    'data/security-datasets',
    'loads with every record accounted for, at its true time',
    async () => {
      const paths = [sharedPath('data/security-datasets'), sharedPath('data/msticpy')];
      const data = await loadLocalData(paths, { cacheFolder: await temporaryFolder() });
      const { rowsIn, inTables, bad } = accounted(data);
      expect(inTables).toBe(rowsIn);
      expect(bad).toBe(0);
      for (const [file, count] of Object.entries(RECORDS)) {
        const found = data.sources.filter((source) => source.file.split('!')[0] === file);
        expect([file, found.reduce((sum, source) => sum + source.rowsIn, 0)]).toEqual([file, count]);
      }
      expect(data.sources.filter(({ loss, skipped }) => loss !== undefined && !skipped)).toEqual([]);
      // The packet capture beside the events has its own clock: events and packets must agree.
      const { timeRange: packets } = tableOf(data, 'Zeek_conn');
      const lsass = (await rowsOf(data, 'ProcessAccess')).filter(
        (row) => /payload\.exe$/.test(String(row['SourceImage'])) && /lsass\.exe$/i.test(String(row['TargetImage'])),
      );
      expect(lsass.map((row) => row['GrantedAccess']).sort()).toEqual(['0x1000', '0x1400', '0x1400', '0x1410']);
      const opened = ticksFromIso(String(lsass[0]!['TimeGenerated']))!;
      expect(opened > packets!.min && opened < packets!.max).toBe(true);
      const [installed] = (await rowsOf(data, 'ServiceInstall')).filter((row) => row['Source'] === 'System 7045');
      expect(installed).toMatchObject({ TimeGenerated: '2023-08-16T04:56:15.5880000Z' });
      expect(tableOf(data, 'LinuxAudit').rowCount).toBe(12 + 1708);
    },
    240_000,
  );
});
