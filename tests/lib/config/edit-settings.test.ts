import { describe, expect, it } from 'vitest';
import { editSettings } from '../../../lib/config/edit-settings.ts';
import { readTyped } from '../../../lib/config/typed-value.ts';

const TEXT = `# ours
cloud: global # the public one
budgets:
  rows: 5 # few
`;

describe('editing settings', () => {
  it('keeps comments and order', () => {
    expect(editSettings(TEXT, 'budgets.rows', 7)).toBe(TEXT.replace('rows: 5', 'rows: 7'));
    expect(editSettings(TEXT, 'sentinel.tags', ['a'])).toBe(`${TEXT}sentinel:\n  tags:\n    - a\n`);
    expect(editSettings(TEXT, 'budgets.rows', undefined)).toContain('# the public one');
    expect(editSettings('', 'cloud', 'cn')).toBe('cloud: cn\n');
  });

  it('reaches into lists, and makes what is missing', () => {
    const workspace = { name: 'soc', workspaceId: '11111111-2222-3333-4444-555555555555' };
    const once = editSettings('workspaces:\n', 'workspaces[0]', workspace);
    expect(editSettings(once, 'workspaces.0.resourceGroup', 'rg')).toContain('resourceGroup: rg');
  });

  it('changes nothing that would be wrong, but lets other faults be mended one by one', () => {
    expect(() => editSettings(TEXT, 'cloud', 'mars')).toThrow('must be one of');
    expect(() => editSettings(TEXT, 'cluod', 'cn')).toThrow('did you mean "cloud"?');
    const broken = 'cloud: mars\nbudgets: { rows: many }\n';
    expect(editSettings(broken, 'cloud', 'cn')).toContain('cloud: cn');
  });

  it('reads what is typed as the setting wants it', () => {
    expect(readTyped('7', ['budgets', 'rows'], {})).toBe(7);
    expect(readTyped('7', ['storage', 'container'], {})).toBe('7');
    expect(readTyped('[a, b]', ['sentinel', 'tags'], {})).toEqual(['a', 'b']);
  });
});
