import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseEntities } from '../../lib/entities/index.ts';
import type { Finding } from '../../lib/outcome.ts';
import { packageRoot } from '../../lib/paths.ts';
import { describeSample, SAMPLE_SEED } from '../../scripts/make-sample.ts';
import { makeContosoDay } from '../../scripts/sample/contoso-day.ts';
import { triage } from '../support/triage.ts';

const SAMPLES = join(packageRoot(), 'content', 'samples');
const sample = makeContosoDay(SAMPLE_SEED);

describe('the sample contoso-day', () => {
  it('is byte for byte what its seed gives', async () => {
    const { manifest, groundTruth } = describeSample(sample, SAMPLE_SEED);
    expect(JSON.parse(await readFile(join(SAMPLES, 'contoso-day-manifest.json'), 'utf8'))).toEqual(manifest);
    expect(JSON.parse(await readFile(join(SAMPLES, 'contoso-day-truth.json'), 'utf8'))).toEqual(groundTruth);
    for (const { name, sha256 } of manifest.files) {
      const text = gunzipSync(await readFile(join(SAMPLES, 'contoso-day', `${name}.gz`)));
      expect(createHash('sha256').update(text).digest('hex')).toBe(sha256);
    }
  });

  it('is another day for another seed, with the same story', () => {
    const other = makeContosoDay(SAMPLE_SEED + 1);
    expect(other.files.get('syslog.jsonl')).not.toBe(sample.files.get('syslog.jsonl'));
    expect(other.stories).toEqual(sample.stories);
  });

  it('has an alert for each part of the intrusion, whose processes are those of the events', () => {
    const rowsOf = (file: string) =>
      sample.files
        .get(file)!
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, string>);
    const alerts = rowsOf('alerts.jsonl');
    const told = sample.truth.filter(({ file }) => file === 'alerts.jsonl').map(({ story, line }) => ({ story, line }));
    expect(told.map(({ line }) => line)).toEqual(alerts.map((_, index) => index + 1));
    const attacks = sample.stories.filter(({ kind }) => kind === 'attack').map(({ id }) => id);
    expect(told.map(({ story }) => story).sort()).toEqual([...attacks, 'D3'].sort());
    for (const { StartTime, EndTime, TimeGenerated } of alerts) {
      expect(StartTime! <= EndTime! && EndTime! < TimeGenerated!).toBe(true);
    }

    const started = new Set(
      rowsOf('windows-events.jsonl')
        .filter((row) => Number(row['EventID']) === 1)
        .map((row) => `${row['Hostname']} ${row['ProcessId']} ${row['CommandLine']}`),
    );
    const named = alerts.flatMap((alert) => {
      const { entities } = parseEntities(alert['Entities']);
      const hosts = new Map(entities.map(({ key, id }) => [key, id]));
      return entities
        .filter(({ kind }) => kind === 'process')
        .map(
          ({ properties, related }) =>
            `${hosts.get(related['host']![0]!)} ${properties['processId']} ${properties['commandLine']}`,
        );
    });
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((process) => !started.has(process))).toEqual([]);

    const known = new Set(alerts.map(({ SystemAlertId }) => SystemAlertId));
    const incidents = rowsOf('incidents.jsonl') as unknown as { IncidentNumber: number; AlertIds: string[] }[];
    expect(new Set(incidents.map(({ IncidentNumber }) => IncidentNumber)).size).toBe(2);
    expect(incidents.flatMap(({ AlertIds }) => AlertIds).filter((id) => !known.has(id))).toEqual([]);
  });

  it('holds only invented people and places', () => {
    for (const text of sample.files.values()) {
      const addresses = new Set(text.match(/\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b/g) ?? []);
      const strange = [...addresses].filter(
        (ip) => !/^(10\.20\.|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|127\.0\.0\.1|10\.0\.19041|4\.18\.)/.test(ip),
      );
      expect(strange).toEqual([]);
      const hosts = new Set(text.match(/https?:\/\/[^/"\\\s')]+/g) ?? []);
      expect([...hosts].filter((host) => !/(\.example|example\.(com|net|org)|203\.0\.113\.\d+)$/.test(host))).toEqual(
        [],
      );
    }
  });
});

describe('host-triage’s rules and scores on the sample', () => {
  let findings: readonly Finding[];
  /** Computer and time of the rows of each story. */
  const storyOf = new Map<string, string>();

  beforeAll(async () => {
    const lines = new Map([...sample.files].map(([file, text]) => [file, text.split('\n')]));
    for (const { story, file, line } of sample.truth) {
      const record = JSON.parse(lines.get(file)![line - 1]!) as Record<string, string>;
      const time = Date.parse(
        record['UtcTime'] ? `${record['UtcTime']}Z` : (record['TimeGenerated'] ?? `${record['EventTime']}Z`),
      );
      storyOf.set(`${(record['Hostname'] ?? record['Computer'] ?? '').toLowerCase()} ${time}`, story);
    }
    ({ findings } = await triage(join(SAMPLES, 'contoso-day')));
  }, 120_000);

  const storiesOf = ({ evidence, entities }: Finding) => {
    const hosts = entities.filter(({ kind }) => kind === 'host').map(({ id }) => id.toLowerCase());
    return new Set(
      evidence.flatMap(({ time }) =>
        [...hosts, ''].flatMap((host) => storyOf.get(`${host} ${Date.parse(`${time!.slice(0, 23)}Z`)}`) ?? []),
      ),
    );
  };

  it('put the intrusion on top', () => {
    const shown = findings.filter(({ suppressedBy }) => suppressedBy === undefined);
    const top = shown.filter(({ score }) => score >= 70);
    expect(top.length).toBeGreaterThan(20);
    const strange = top.filter((finding) => ![...storiesOf(finding)].some((story) => story.startsWith('A')));
    expect(strange.map(({ title }) => title)).toEqual([]);
  });

  it('tell of every part of the intrusion', () => {
    const told = new Set(findings.flatMap((finding) => [...storiesOf(finding)]));
    const parts = sample.stories.filter(({ kind }) => kind === 'attack').map(({ id }) => id);
    expect(parts.filter((id) => !told.has(id))).toEqual([]);
  });

  it('leave the decoys low, and show what the allow-lists cover', () => {
    const decoys = findings.filter((finding) => {
      const stories = [...storiesOf(finding)];
      return stories.length > 0 && stories.every((story) => story.startsWith('D'));
    });
    expect(decoys.length).toBeGreaterThan(4);
    expect(Math.max(...decoys.map(({ score }) => score))).toBeLessThan(60);
    const suppressed = findings.flatMap(({ suppressedBy }) => suppressedBy ?? []);
    expect([...new Set(suppressed)].sort()).toEqual([
      'contoso-administrators-use-psexec',
      'contoso-backup-agent-reads-lsass',
      'contoso-scanner-tries-ssh',
      'defender-reads-lsass',
    ]);
  });
});
