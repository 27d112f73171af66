import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseSettings } from '../../lib/config/settings.ts';
import { packageRoot } from '../../lib/paths.ts';
import { parseBicep } from '../../scripts/bicep/parse.ts';
import { templateOf } from '../../scripts/bicep/template.ts';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type Resource = {
  type: string;
  apiVersion: string;
  name: string;
  dependsOn?: string[];
  properties?: Record<string, Json>;
};
type Template = {
  languageVersion: string;
  parameters: Record<string, { type: string; metadata?: { description: string } }>;
  variables: Record<string, Json>;
  resources: Record<string, Resource>;
  outputs: Record<string, { value: Json }>;
};

const folder = join(packageRoot(), 'bicep');
const files = ['main.bicep', ...readdirSync(join(folder, 'modules')).map((file) => `modules/${file}`)];
const sources = new Map(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
const committed = readFileSync(join(folder, 'main.json'), 'utf8');
const main = JSON.parse(committed) as Template;

/** The template and those nested in it, by name. */
function nested(template: Template, name = 'main'): [string, Template][] {
  const inner = Object.entries(template.resources)
    .filter(([, resource]) => resource.type === 'Microsoft.Resources/deployments')
    .flatMap(([symbol, resource]) => nested(resource.properties!['template'] as unknown as Template, symbol));
  return [[name, template], ...inner];
}

/** Every text of a value, nested templates left out. */
function texts(value: Json | undefined, isTop = true): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => texts(item, false));
  return Object.entries(value).flatMap(([key, item]) =>
    key === 'template' && !isTop ? [] : [...(key.startsWith('[') ? [key] : []), ...texts(item, false)],
  );
}

const isExpression = (text: string) => /^\[(?!\[)[\s\S]*\]$/.test(text);

describe('Bicep', () => {
  it.each(files)('%s is in the grammar', async (file) => {
    expect((await parseBicep(sources.get(file)!)).problems).toEqual([]);
  });

  it('is not, when it is broken', async () => {
    const { problems } = await parseBicep("resource a 'Microsoft.Storage/storageAccounts@2023-05-01' = {\n  name: \n");
    expect(problems.length).toBeGreaterThan(0);
  });

  it('is what the template behind the button was made from (npm run docs makes it anew)', async () => {
    expect(`${JSON.stringify(await templateOf(join(folder, 'main.bicep')), null, 2)}\n` === committed).toBe(true);
  });
});

describe('the template', () => {
  const all = nested(main);

  it('has each module, in language version 2.0', () => {
    expect(all.map(([name]) => name)).toEqual([
      'main',
      'identity',
      'storage',
      'keyVault',
      'insights',
      'functionApp',
      'logicApp',
      'sentinelRoles',
      'automationRule',
    ]);
    expect(all.every(([, template]) => template.languageVersion === '2.0')).toBe(true);
  });

  it.each(all)('%s uses each of its parameters and variables, and no others', (_name, template) => {
    const expressions = texts(template as unknown as Json)
      .filter(isExpression)
      .join('\n');
    const used = (kind: string) =>
      new Set([...expressions.matchAll(new RegExp(`${kind}\\('(\\w+)'\\)`, 'g'))].map(([, name]) => name));
    expect([...used('parameters')].sort()).toEqual(Object.keys(template.parameters).sort());
    expect([...used('variables')].sort()).toEqual(Object.keys(template.variables).sort());
  });

  it.each(all)('%s refers to resources that exist, and waits for them', (_name, template) => {
    for (const resource of Object.values(template.resources)) {
      for (const name of resource.dependsOn ?? []) expect(Object.keys(template.resources)).toContain(name);
    }
    const expressions = texts(template as unknown as Json)
      .filter(isExpression)
      .join('\n');
    for (const [, name] of expressions.matchAll(/reference\('(\w+)'/g))
      expect(Object.keys(template.resources)).toContain(name);
  });

  it('gives each module exactly its parameters', () => {
    for (const resource of Object.values(main.resources)) {
      if (resource.type !== 'Microsoft.Resources/deployments') continue;
      const inner = resource.properties!['template'] as unknown as Template;
      expect(Object.keys(resource.properties!['parameters'] as object).sort()).toEqual(
        Object.keys(inner.parameters).sort(),
      );
    }
  });

  it('calls functions that templates have, with balanced brackets', () => {
    const known =
      /^(add|and|createArray|createObject|empty|environment|equals|format|guid|if|listKeys|not|null|or|parameters|reference|resourceGroup|resourceId|subscription|subscriptionResourceId|take|true|false|union|uniqueString|variables)$/;
    for (const text of all.flatMap(([, template]) => texts(template as unknown as Json)).filter(isExpression)) {
      const bare = text.replace(/'(?:[^']|'')*'/g, "''");
      for (const [, name] of bare.matchAll(/(\w+)\(/g)) expect(name).toMatch(known);
      for (const [open, close] of ['()', '[]']) expect(bare.split(open!).length).toBe(bare.split(close!).length);
    }
  });

  it('uses one API version for each type of resource', () => {
    const versions = new Map<string, Set<string>>();
    for (const { type, apiVersion } of all.flatMap(([, template]) => Object.values(template.resources))) {
      versions.set(type, (versions.get(type) ?? new Set()).add(apiVersion));
    }
    expect([...versions].filter(([, set]) => set.size > 1)).toEqual([]);
    expect(
      [...versions.values()].flatMap((set) => [...set]).every((version) => /^\d{4}-\d{2}-\d{2}$/.test(version)),
    ).toBe(true);
  });

  it('tells no secret: no key in an output, no shared key, no plain function key', () => {
    const outputs = all.flatMap(([, template]) => texts(Object.values(template.outputs).map(({ value }) => value)));
    expect(outputs.some((text) => /list[A-Z]|key'/i.test(text))).toBe(false);
    expect(JSON.stringify(main)).toContain('"allowSharedKeyAccess":false');
    const [, logicApp] = all.find(([name]) => name === 'logicApp')!;
    expect(logicApp.parameters['functionKey']!.type).toBe('securestring');
  });

  it('keeps the name of the trigger that Sentinel knows', () => {
    expect(sources.get('modules/logic-app.bicep')).toContain('Microsoft_Sentinel_incident: {');
  });
});

/** Built-in roles, by the name that stands in the comment above their assignment. */
const ROLES: Readonly<Record<string, string>> = {
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': 'Storage Blob Data Owner',
  '974c5e8b-45b9-4653-ba55-5f855dd0fb88': 'Storage Queue Data Contributor',
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3': 'Storage Table Data Contributor',
  '4633458b-17de-408a-b874-0445c86b69e6': 'Key Vault Secrets User',
  '3913510d-42f4-4e42-8a64-420c390055eb': 'Monitoring Metrics Publisher',
  '73c42c96-874c-492b-b04d-ab87d138a893': 'Log Analytics Reader',
  '3e150937-b8fe-4cfb-8069-0eaf05ecd056': 'Microsoft Sentinel Responder',
  'ab8e14d6-4a74-4a29-9ba8-549422addade': 'Microsoft Sentinel Contributor',
  '8d289c81-5878-46d4-8554-54e1e3d8b5cb': 'Microsoft Sentinel Reader',
  'f4c81013-99ee-4d62-a7ee-b3f1f648599a': 'Microsoft Sentinel Automation Contributor',
};

describe('role assignments', () => {
  const assignments = [...sources].flatMap(([file, text]) =>
    [...text.matchAll(/((?:\/\/[^\n]*\n)+)resource \w+ 'Microsoft\.Authorization\/roleAssignments@[\s\S]*?\n\}/g)].map(
      ([whole, comment]) => ({ file, whole: whole!, comment: comment! }),
    ),
  );

  it('name the role of their GUID, and make their own name of scope, principal and role', () => {
    const seen = assignments.map(({ whole, comment }) => {
      const ids = [...whole.matchAll(/'([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})'/g)].map(([, id]) => id!);
      expect(new Set(ids).size).toBe(1);
      expect(whole).toMatch(/name: guid\([\w.()]+, \w+, '/);
      const name = ROLES[ids[0]!]!;
      expect(comment).toContain(`// ${name}`);
      return name;
    });
    expect(seen.sort()).toEqual(Object.values(ROLES).sort());
  });
});

describe('the app settings', () => {
  let settings: Record<string, string>;
  beforeAll(() => {
    const [, app] = nested(main).find(([name]) => name === 'functionApp')!;
    settings = app.resources['settings']!.properties as Record<string, string>;
  });

  it('are settings of Trailhound, once the template has filled them in', () => {
    const values: Readonly<Record<string, string>> = {
      cloud: 'global',
      identityClientId: '11111111-2222-3333-4444-555555555555',
      blobEndpoint: 'https://contoso.blob.core.windows.net/',
      keyVaultUri: 'https://contoso.vault.azure.net/',
      workspaceId: '11111111-2222-3333-4444-555555555555',
      workspaceName: 'law-soc',
      workspaceSubscriptionId: '11111111-2222-3333-4444-555555555555',
      workspaceResourceGroup: 'rg-soc',
      playbook: 'host-triage',
    };
    const env = Object.fromEntries(
      Object.entries(settings).map(([name, text]) => {
        const parameter = /^\[parameters\('(\w+)'\)\]$/.exec(text)?.[1];
        return [name, parameter ? (values[parameter] ?? '') : text.replace(/^\[\[/, '[')];
      }),
    );
    const parsed = parseSettings('', 'trailhound.yaml', env);
    expect(parsed.workspaces[0]).toMatchObject({ name: 'sentinel', workspaceName: 'law-soc', resourceGroup: 'rg-soc' });
    expect(parsed.identity.methods).toEqual(['managed-identity']);
    expect(parsed.sentinel.playbookRules).toMatchObject([{ playbook: 'host-triage' }]);
    expect(parsed.storage.accountUrl).toBe('https://contoso.blob.core.windows.net/');
  });

  it('name the task hub that host.json asks for, and no connection string', () => {
    const host = readFileSync(join(packageRoot(), 'host.json'), 'utf8');
    const [, variable] = /"hubName": "%(\w+)%"/.exec(host)!;
    expect(Object.keys(settings)).toContain(variable);
    expect(Object.keys(settings)).not.toContain('AzureWebJobsStorage');
  });
});

describe('the form of the portal', () => {
  const { basics, steps, outputs } = JSON.parse(readFileSync(join(folder, 'createUiDefinition.json'), 'utf8'))
    .parameters as {
    basics: { name: string }[];
    steps: { name: string; elements: { name: string }[] }[];
    outputs: Record<string, string>;
  };

  it('fills parameters of the template, all but the tags', () => {
    expect(Object.keys(outputs).sort()).toEqual(
      Object.keys(main.parameters)
        .filter((name) => name !== 'tags')
        .sort(),
    );
  });

  it('takes each from a field that it has, and has no field for nothing', () => {
    const fields = [
      ...basics.map(({ name }) => `basics('${name}')`),
      ...steps.flatMap(({ name, elements }) => elements.map((element) => `steps('${name}').${element.name}`)),
    ];
    const used = Object.values(outputs).flatMap((text) =>
      [...text.matchAll(/basics\('\w+'\)|steps\('\w+'\)\.\w+/g)].map(([field]) => field),
    );
    expect([...new Set(used)].sort()).toEqual(fields.sort());
  });
});
