import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ENTITY_KINDS, parseEntities } from '../../../lib/entities/index.ts';
import { KINDS } from '../../../lib/entities/kinds.ts';
import { itWithShared, sharedPath } from '../../support/shared.ts';

const byKey = (value: unknown) =>
  Object.fromEntries(parseEntities(value).entities.map((entity) => [entity.key, entity]));

describe('entities', () => {
  it('reads V3 lists with references between them', () => {
    const found = byKey([
      { $id: '3', Type: 'host', HostName: 'WS-17', DnsDomain: 'contoso.example', OSFamily: 'Windows' },
      { $id: '4', Type: 'file', Directory: 'c:\\windows\\system32', Name: 'cmd.exe' },
      { $id: '6', Type: 'account', Name: 'alex', NTDomain: 'CONTOSO', Host: { $ref: '3' }, Sid: 'S-1-5-21-1-2-3-1001' },
      {
        $id: '8',
        Type: 'process',
        ProcessId: '0x1558',
        CommandLine: 'cmd /c whoami',
        ImageFile: { $ref: '4' },
        Account: { $ref: '6' },
        Host: { $ref: '3' },
        ParentProcess: {
          $id: '9',
          Type: 'process',
          ProcessId: '4',
          ImageFile: { $id: '10', Type: 'file', Name: 'explorer.exe' },
        },
      },
      { $ref: '3' },
    ]);
    expect(Object.keys(found).sort()).toEqual([
      'account:contoso\\alex',
      'file:c:\\windows\\system32\\cmd.exe',
      'file:explorer.exe',
      'host:ws-17.contoso.example',
      'process:c:\\windows\\system32\\cmd.exe|0x1558|cmd /c whoami',
      'process:explorer.exe|4',
    ]);
    expect(found['process:c:\\windows\\system32\\cmd.exe|0x1558|cmd /c whoami']).toMatchObject({
      properties: { commandLine: 'cmd /c whoami', processId: '0x1558' },
      related: {
        account: ['account:contoso\\alex'],
        host: ['host:ws-17.contoso.example'],
        parentProcess: ['process:explorer.exe|4'],
      },
    });
  });

  it('reads ARM objects with entity ids, in any case of kind', () => {
    const base = '/subscriptions/x/providers/Microsoft.SecurityInsights/Entities';
    const found = byKey([
      {
        id: `${base}/1`,
        type: 'Microsoft.SecurityInsights/Entities',
        kind: 'Account',
        properties: { accountName: 'alex', upnSuffix: 'contoso.example', friendlyName: 'alex' },
      },
      { id: `${base}/2`, kind: 'ip', properties: { address: '198.51.100.7' } },
      { id: `${base}/3`, kind: 'FileHash', properties: { algorithm: 'sha256', hashValue: 'AB12' } },
      {
        id: `${base}/4`,
        kind: 'File',
        properties: { fileName: 'run', directory: '/tmp', fileHashEntityIds: [`${base}/3`] },
      },
      {
        id: `${base}/5`,
        kind: 'DnsResolution',
        properties: { domainName: 'Evil.Example.', ipAddressEntityIds: [`${base}/2`] },
      },
      {
        id: `${base}/6`,
        kind: 'Host',
        properties: { hostName: 'ws-17', additionalData: { MdatpDeviceId: 'd1', FQDN: 'ws-17.contoso.example' } },
      },
      { id: `${base}/7`, kind: 'SecurityAlert', properties: { systemAlertId: 'a1' } },
      { id: `${base}/8`, kind: 'Bookmark', properties: {} },
      { kind: 'RegistryValue', properties: { name: 'Run', keyEntityId: `${base}/9` } },
      { id: `${base}/9`, kind: 'RegistryKey', properties: { hive: 'HKLM', key: 'Software\\X' } },
    ]);
    expect(found['account:alex@contoso.example']?.properties).toMatchObject({
      name: 'alex',
      upn: 'alex@contoso.example',
    });
    expect(found['file:/tmp/run']?.related).toEqual({ fileHashes: ['file-hash:ab12'] });
    expect(found['dns:evil.example']?.related).toEqual({ ipAddresses: ['ip:198.51.100.7'] });
    expect(found['host:ws-17.contoso.example']?.properties).toMatchObject({ hostName: 'ws-17', deviceId: 'd1' });
    expect(found['alert:a1']).toBeDefined();
    expect(found['registry-value:hkey_local_machine\\software\\x\\run']).toBeDefined();
  });

  it('counts kinds that it does not know and members that name nothing', () => {
    const parsed = parseEntities([{ kind: 'Quantum' }, { kind: 'Quantum' }, { kind: 'Host', properties: {} }, 7, null]);
    expect(parsed).toEqual({ entities: [], unknownKinds: { Quantum: 2 }, skipped: 5 });
  });

  it('takes the forms of account names before and after July 2026', () => {
    const id = (properties: object) => parseEntities([{ kind: 'Account', properties }]).entities[0]?.id;
    expect(id({ accountName: 'alex@contoso.example' })).toBe('alex@contoso.example');
    expect(id({ accountName: 'alex', upnSuffix: 'contoso.example' })).toBe('alex@contoso.example');
    expect(id({ accountName: 'CONTOSO\\alex' })).toBe('CONTOSO\\alex');
    expect(id({ UserPrincipalName: 'alex@contoso.example' })).toBe('alex@contoso.example');
    expect(id({ aadUserId: '42' })).toBe('42');
  });

  it('merges what is said of the same thing twice', () => {
    const [host, ...rest] = parseEntities([
      { Type: 'host', HostName: 'ws-17', OSFamily: 'Windows' },
      { Type: 'host', HostName: 'WS-17', AzureID: '/subscriptions/s/vm' },
    ]).entities;
    expect(rest).toEqual([]);
    expect(host).toMatchObject({ id: 'ws-17', properties: { osFamily: 'Windows', azureId: '/subscriptions/s/vm' } });
  });

  it('ends on circles, floods and nonsense', () => {
    const circle = [
      { $id: '1', Type: 'process', ProcessId: '1', ParentProcess: { $ref: '2' } },
      { $id: '2', Type: 'process', ProcessId: '2', ParentProcess: { $ref: '1' } },
    ];
    expect(parseEntities(circle).entities).toHaveLength(2);
    const flood = parseEntities(
      Array.from({ length: 6000 }, (_, n) => ({ Type: 'ip', Address: `10.0.${n >> 8}.${n & 255}` })),
    );
    expect(flood.entities.length + flood.skipped).toBe(6000);
    expect(
      parseEntities([{ Type: 'url', Url: `https://x.example/${'a'.repeat(100_000)}` }]).entities[0]?.id.length,
    ).toBe(4096);
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        parseEntities(value);
        parseEntities([{ Type: 'process', ImageFile: value, __proto__: value, Host: value }]);
      }),
    );
    expect(parseEntities('[{"Type":"host","__proto__":{"HostName":"x"},"HostName":"h"}]').entities[0]?.id).toBe('h');
  });

  it('describes every kind, and each name once', () => {
    expect(Object.keys(KINDS).sort()).toEqual([...ENTITY_KINDS].sort());
    const names = Object.values(KINDS).flatMap((kind) => kind.names);
    expect(new Set(names).size).toBe(names.length);
  });

  itWithShared('data/msticpy/entities.json', 'reads the entities of an alert of MSTICPy', () => {
    const parsed = parseEntities(JSON.parse(readFileSync(sharedPath('data/msticpy/entities.json'), 'utf8')));
    expect(parsed.unknownKinds).toEqual({});
    expect(parsed.entities.map(({ key }) => key).sort()).toEqual([
      'account:workgroup\\msticalertswin1$',
      'file:c:\\windows\\servic~2\\networ~1\\appdata\\local\\temp\\mimikatz.exe',
      'file:c:\\windows\\system32\\cmd.exe',
      'host-logon-session:0x3e4|msticalertswin1',
      'host:msticalertswin1',
      'process:c:\\windows\\servic~2\\networ~1\\appdata\\local\\temp\\mimikatz.exe|0x6b8|2018-11-15t23:54:29.300019z|.\\mimikatz.exe',
      'process:c:\\windows\\system32\\cmd.exe|0x1558',
    ]);
  });
});
