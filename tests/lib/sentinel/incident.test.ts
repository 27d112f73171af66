import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSettings } from '../../../lib/config/settings.ts';
import {
  choosePlaybook,
  inputsOfIncident,
  matchesPattern,
  parseIncidentPayload,
  settingsOfIncident,
} from '../../../lib/sentinel/index.ts';
import { ALERT_PAYLOAD, INCIDENT_ID, incidentPayload } from '../../support/cloud/sentinel-payloads.ts';

const rules = (yaml: string) => parseSettings(`sentinel:\n  playbookRules:\n${yaml}`, 'f', {});

describe('a Sentinel payload', () => {
  it('gives the incident, its alerts, entities and workspace', () => {
    const incident = parseIncidentPayload(incidentPayload());
    expect(incident).toMatchObject({
      trigger: 'incident',
      event: 'create',
      incidentId: '73e01a99-5cd7-4139-a149-9f2736ff2ab5',
      armId: INCIDENT_ID,
      incidentNumber: 3177,
      title: 'Credential dumping on ws-17',
      description: '',
      severity: 'high',
      status: 'new',
      labels: ['red team'],
      tactics: ['CredentialAccess'],
      techniques: ['T1003'],
      products: ['Azure Sentinel'],
      workspace: {
        workspaceName: 'law-soc',
        resourceGroup: 'rg-soc',
        workspaceId: '11111111-2222-3333-4444-555555555555',
      },
      alerts: [
        {
          alertId: 'a1b2',
          title: 'LSASS read',
          detection: {
            query: 'SecurityEvent | where EventID == 4656',
            start: '2024-05-01 09:00:00Z',
            end: '2024-05-01 10:00:00Z',
          },
          analyticRuleIds: ['rule-1'],
        },
      ],
      unread: { unknownKinds: {}, skipped: 0 },
    });
    expect(incident.entities.map(({ kind, id }) => [kind, id])).toEqual([
      ['host', 'ws-17.contoso.example'],
      ['account', 'alex@contoso.example'],
      ['ip', '198.51.100.7'],
      ['ip', '203.0.113.9'],
    ]);
  });

  it('has one hash for the same entities in any order, and another when one is added', () => {
    const payload = incidentPayload();
    const hash = parseIncidentPayload(payload).entitySetHash;
    const properties = (payload['object'] as { properties: { relatedEntities: unknown[]; title: string } }).properties;
    properties.relatedEntities.reverse();
    properties.title = 'renamed';
    expect(parseIncidentPayload(payload).entitySetHash).toBe(hash);
    properties.relatedEntities.push({ kind: 'Ip', properties: { address: '192.0.2.1' } });
    expect(parseIncidentPayload(payload).entitySetHash).not.toBe(hash);
  });

  it('takes the flat payload of an alert', () => {
    expect(parseIncidentPayload(ALERT_PAYLOAD)).toMatchObject({
      trigger: 'alert',
      incidentId: 'c3d4',
      armId: '',
      severity: 'medium',
      alerts: [{ detection: { query: 'SigninLogs' } }],
      entities: [{ kind: 'account', id: 'alex@contoso.example' }],
    });
  });

  it('needs no more than the ARM id, and refuses one that is none', () => {
    expect(parseIncidentPayload({ object: { id: INCIDENT_ID } })).toMatchObject({
      title: '',
      severity: '',
      entities: [],
      alerts: [],
      event: 'unknown',
    });
    for (const body of [null, 7, 'x', [], {}, { object: null }, { object: { id: 7 } }]) {
      expect(() => parseIncidentPayload(body)).toThrow(/neither|not the ARM id/);
    }
    for (const end of ['/../x', '/..', '?x=1', '/a/b', '#']) {
      expect(() => parseIncidentPayload({ object: { id: `${INCIDENT_ID}${end}` } })).toThrow('not the ARM id');
    }
  });

  it('reads whatever stands in its members', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom(
            'alerts',
            'relatedEntities',
            'labels',
            'title',
            'additionalData',
            'incidentNumber',
            '__proto__',
          ),
          fc.jsonValue({ maxDepth: 4 }),
        ),
        (properties) => {
          const incident = parseIncidentPayload({ object: { id: INCIDENT_ID, properties }, workspaceInfo: properties });
          expect(typeof incident.title).toBe('string');
        },
      ),
    );
  });
});

describe('playbook rules', () => {
  const incident = parseIncidentPayload(incidentPayload());

  it('choose by the first rule that holds', () => {
    const settings = rules(`
    - { when: { severity: low }, playbook: a }
    - { when: { severity: [high, medium], tactic: credential*, entityKind: host }, playbook: b, inputs: { days: 3 } }
    - { playbook: c }`);
    expect(choosePlaybook(settings, incident)).toEqual({ playbook: 'b', inputs: { days: 3 }, rule: 1 });
    expect(
      choosePlaybook(
        rules('    - { when: { title: "*DUMPING*", analyticRule: rule-1, label: red team }, playbook: d }'),
        incident,
      )?.playbook,
    ).toBe('d');
    expect(choosePlaybook(rules('    - { when: { product: "*XDR*" }, playbook: a }'), incident)).toBeUndefined();
    expect(choosePlaybook(rules('    - { playbook: c }'), incident)?.playbook).toBe('c');
  });

  it('match patterns as a regular expression would', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 12 });
    fc.assert(
      fc.property(letters, letters, (pattern, text) => {
        const value = text.replaceAll('*', 'c');
        const expression = new RegExp(`^${pattern.replace(/\*+/g, '.*')}$`);
        expect(matchesPattern(value, pattern)).toBe(expression.test(value));
      }),
    );
    expect(matchesPattern('a'.repeat(8000), `${'a*'.repeat(100)}b`)).toBe(false);
  });

  it('fill inputs with entities', () => {
    const declared = {
      host: { type: 'host' },
      ips: { type: 'ip[]' },
      file: { type: 'file' },
      days: { type: 'long' },
      incidentTitle: { type: 'string' },
    };
    expect(inputsOfIncident(declared, incident, { days: 3 })).toEqual({
      host: 'ws-17.contoso.example',
      ips: ['198.51.100.7', '203.0.113.9'],
      days: 3,
      incidentTitle: 'Credential dumping on ws-17',
    });
  });

  it('find the workspace of the settings', () => {
    const settings = parseSettings(
      'workspaces: [{ name: soc, workspaceId: 11111111-2222-3333-4444-555555555555 }]',
      'f',
      {},
    );
    expect(settingsOfIncident(settings, incident)?.name).toBe('soc');
    expect(settingsOfIncident(parseSettings('', 'f', {}), incident)).toBeUndefined();
  });
});
