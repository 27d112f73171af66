import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLOUD_NAMES, CLOUDS, cloudNameOf, cloudOf, RETIRED_CLOUDS, scopeOf } from '../../../lib/azure/clouds.ts';
import { packageRoot } from '../../../lib/paths.ts';

describe('clouds', () => {
  it('are those that can be used, by each of their names', () => {
    expect(Object.keys(CLOUDS)).toEqual([...CLOUD_NAMES]);
    expect(cloudNameOf('Public')).toBe('global');
    expect(cloudNameOf('gov')).toBe('usgov');
    expect(cloudOf('dod').graph.url).toBe('https://dod-graph.microsoft.us');
    expect(cloudOf('china').login).toBe('https://login.partner.microsoftonline.cn');
    expect(scopeOf(cloudOf('global').logAnalytics.audience)).toBe('https://api.loganalytics.io/.default');
  });

  it('fail closed: what is retired or unknown never becomes the public cloud', () => {
    expect(() => cloudOf('de')).toThrow(/retired on 2021-10-29/);
    expect(() => cloudOf('germany')).toThrow(/retired/);
    expect(() => cloudOf('mars')).toThrow('there is no cloud "mars"');
    expect(() => cloudOf('constructor')).toThrow('there is no cloud');
    expect(RETIRED_CLOUDS.de.resourceManager).toBe('https://management.microsoftazure.de');
  });

  it('take a Resource Manager of their own, which is its own audience', () => {
    const cloud = cloudOf('global', { resourceManager: 'https://management.local.contoso.example/' });
    expect(cloud.resourceManager).toEqual({
      url: 'https://management.local.contoso.example',
      audience: 'https://management.local.contoso.example',
    });
    expect(cloud.graph.url).toBe('https://graph.microsoft.com');
    const audience = 'https://management.contoso.onmicrosoft.example/stack';
    const stack = cloudOf('global', {
      resourceManager: 'https://management.local.contoso.example',
      resourceManagerAudience: audience,
    });
    expect(stack.resourceManager).toEqual({ url: 'https://management.local.contoso.example', audience });
  });

  it('hold every host of Azure: none is named elsewhere', () => {
    const host =
      /\b(?:[a-z0-9-]+\.)*(?:microsoftonline|chinacloudapi|usgovcloudapi|loganalytics|microsoftgraph|microsoftazure|partner\.microsoftonline)\.[a-z]{2,3}\b|\b(?:management\.azure|graph\.microsoft|vault\.azure|core\.windows|kusto\.windows|monitor\.azure|api\.(?:security|securitycenter)\.microsoft|portal\.azure|securityplatform\.microsoft|ti\.sentinel\.azure)\.(?:com|net|us|cn)\b|169\.254\.169\.254/;
    /** Examples for people, and documentation that is cited. */
    const mayName = /examples: \[|\* |learn\.microsoft\.com|hint: |example\b/;
    /** Hosts as data: what logs and indicators are about, not what is called. */
    const isData = /^lib\/(?:azure\/clouds\.ts|enrichment\/|analysis\/|threat-intel\/|visuals\/|report\/)/;
    const root = packageRoot();
    const stray: string[] = [];
    for (const top of ['lib', 'functions', 'orchestrations', 'cli']) {
      for (const entry of readdirSync(join(root, top), { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
        const path = join(entry.parentPath, entry.name);
        const file = relative(root, path).replaceAll('\\', '/');
        if (isData.test(file)) continue;
        readFileSync(path, 'utf8')
          .split('\n')
          .forEach((line, index) => {
            if (host.test(line) && !mayName.test(line)) stray.push(`${file}:${index + 1}: ${line.trim()}`);
          });
      }
    }
    expect(stray).toEqual([]);
  });
});
