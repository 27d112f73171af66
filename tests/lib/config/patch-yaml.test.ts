import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { patchYaml } from '../../../lib/config/patch-yaml.ts';

/** Written by hand: odd spaces, quotes of both kinds, flow and block, comments at every place. */
const TEXT = `# yaml-language-server: $schema=trailhound.schema.json

# ours
cloud: 'global'   # single quoted

budgets: { rows: 5, queries: 7 } # flow
workspaces:
# odd indent
- name:   "soc"
  workspaceId: a   # id

- name: two
  workspaceId: b
threatIntel:
    virustotal: { key: "kv:vt" }
sentinel:
    tags: [a, b,
       c]
folders: ["a path that goes on and on and on and on and on and on and on and on and on and on and on and on and on/x"]
`;
const patched = (path: (string | number)[], value: unknown, from: string, to: string) => {
  expect(TEXT).toContain(from);
  expect(patchYaml(TEXT, path, value)).toBe(TEXT.replace(from, to));
};

describe('patching YAML', () => {
  it('changes a value and nothing else', () => {
    patched(['cloud'], 'cn', "'global'", "'cn'");
    patched(['budgets', 'rows'], 9, 'rows: 5', 'rows: 9');
    patched(['workspaces', 0, 'name'], 'hub', '"soc"', '"hub"');
    patched(['threatIntel', 'virustotal', 'key'], 'it\'s "so"', '"kv:vt"', '"it\'s \\"so\\""');
    patched(['sentinel', 'tags'], ['x'], '[a, b,\n       c]', '[x]');
  });

  it('puts new fields at the end of what holds them, in its style', () => {
    patched(['budgets', 'lookups'], 1, 'queries: 7 }', 'queries: 7, lookups: 1 }');
    patched(['workspaces', 1, 'tenantId'], 't', 'workspaceId: b\n', 'workspaceId: b\n  tenantId: t\n');
    patched(['workspaces', 2], { name: 'three' }, 'workspaceId: b\n', 'workspaceId: b\n- name: three\n');
    patched(['threatIntel', 'otx', 'key'], 'kv:o', '"kv:vt" }\n', '"kv:vt" }\n    otx:\n      key: kv:o\n');
    patched(['sentinel', 'tags', 3], 'd', 'c]', 'c, d]');
    expect(patchYaml(TEXT, ['storage', 'container'], '0123')).toBe(`${TEXT}storage:\n  container: "0123"\n`);
  });

  it('removes a field with its line, and what would be empty without it; comments before it stay', () => {
    patched(['cloud'], undefined, "cloud: 'global'   # single quoted\n", '');
    patched(['budgets', 'rows'], undefined, 'rows: 5, ', '');
    patched(['workspaces', 0, 'name'], undefined, 'name:   "soc"\n  ', '');
    patched(['workspaces', 1], undefined, '- name: two\n  workspaceId: b\n', '');
    patched(['threatIntel', 'virustotal', 'key'], undefined, 'threatIntel:\n    virustotal: { key: "kv:vt" }\n', '');
    patched(['sentinel', 'tags', 1], undefined, ', b', '');
    expect(patchYaml(TEXT, ['nothing', 'here'], undefined)).toBe(TEXT);
  });

  it('knows blanks, ends without a line break, and Windows', () => {
    expect(patchYaml('a: # note\nc: 2\n', ['a', 'b'], 1)).toBe('a: # note\n  b: 1\nc: 2\n');
    expect(patchYaml('a: # note\n', ['a'], 1)).toBe('a: 1 # note\n');
    expect(patchYaml('a: 1 # last', ['b'], 2)).toBe('a: 1 # last\nb: 2\n');
    expect(patchYaml('a: 1\r\nb: 2\r\n', ['c', 'd'], 3)).toBe('a: 1\r\nb: 2\r\nc:\r\n  d: 3\r\n');
    expect(patchYaml('# alone\n', ['a'], 1)).toBe('# alone\na: 1\n');
    expect(patchYaml('a: |\n  some\n  text\nb: 1\n', ['a'], 'z')).toBe('a: z\nb: 1\n');
  });

  it('leaves alone what other lines refer to', () => {
    expect(() => patchYaml('a: &x 1\nb: *x\n', ['a'], 2)).toThrow('other lines refer to it');
    expect(parse(patchYaml('a: &x 1\nb: *x\n', ['b'], 2))).toEqual({ a: 1, b: 2 });
  });

  it('gives what was asked for, whatever the text is', () => {
    const leaf = fc.oneof(fc.integer(), fc.boolean(), fc.string({ maxLength: 12 }));
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
        fc.dictionary(fc.stringMatching(/^[a-z-]{1,6}$/), tie('tree'), { minKeys: 1, maxKeys: 3 }),
      ),
    }));
    const root = fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tree, { minKeys: 1, maxKeys: 4 });
    const style = fc.record({
      indent: fc.constantFrom(2, 3, 4),
      indentSeq: fc.boolean(),
      collectionStyle: fc.constantFrom('any' as const, 'block' as const, 'flow' as const),
      defaultStringType: fc.constantFrom('PLAIN' as const, 'QUOTE_SINGLE' as const, 'BLOCK_LITERAL' as const),
    });
    fc.assert(
      fc.property(root, style, fc.infiniteStream(fc.nat()), tree, (made, written, choices, value) => {
        // What the library writes may read otherwise (a blank as a block): what it reads is what counts.
        const text = stringify(made, written);
        const settings = parse(text) as Record<string, unknown>;
        const path: (string | number)[] = [];
        let held: unknown = settings;
        do {
          const keys = Object.keys(held as object);
          const key = keys[choices.next().value! % keys.length]!;
          path.push(Array.isArray(held) ? Number(key) : key);
          held = (held as Record<string, unknown>)[key];
        } while (typeof held === 'object' && held !== null && choices.next().value! % 3 > 0);
        const expected = structuredClone(settings) as Record<string, unknown>;
        const holder = path.slice(0, -1).reduce<unknown>((inner, key) => (inner as never)[key], expected);
        (holder as Record<string, unknown>)[path.at(-1)!] = value;
        expect(parse(patchYaml(text, path, value))).toEqual(expected);
      }),
    );
  });
});
