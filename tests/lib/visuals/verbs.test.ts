import { describe, expect, it } from 'vitest';
import { sourceOf, tableFromRows } from '../../../lib/tables/index.ts';
import { verbs } from '../../../lib/verbs/registry.ts';
import { events, hostile } from './sample-tables.ts';

const visual = [...verbs.values()].filter(({ name }) => /^(draw|browse)\./.test(name));
const context = { signal: new AbortController().signal, nowInMs: 0 };

describe('drawing verbs', () => {
  it('are all there', () => {
    expect(visual.map(({ name }) => name)).toEqual([
      'browse.alerts',
      'browse.findings',
      'browse.table',
      'browse.threat-intel',
      'draw.graph',
      'draw.map',
      'draw.matrix',
      'draw.process-tree',
      'draw.time-series',
      'draw.timeline',
      'draw.timeline-duration',
      'draw.timeline-values',
      'draw.what-if',
    ]);
  });

  it('share the options of every picture, under the same names', () => {
    for (const verb of visual) {
      for (const name of ['title', 'name', 'width', 'scale', 'theme', 'formats'])
        expect(Object.keys(verb.parameters.shape), verb.name).toContain(name);
    }
  });

  it('refuse wrong options by name', () => {
    for (const verb of visual) {
      const wrong = verb.parameters.safeParse({ scale: 100, width: 'wide', name: '../up' });
      expect(wrong.error!.issues.map(({ path }) => path[0]).sort(), verb.name).toEqual(['name', 'scale', 'width']);
    }
  });
});

describe.each(visual.filter(({ name }) => !/process-tree|map/.test(name)).map((verb) => [verb.name, verb] as const))(
  '%s',
  (_, verb) => {
    it('makes a picture or page of any table by its defaults', async () => {
      const options = verb.name === 'draw.what-if' ? { thresholdColumn: 'Bytes' } : {};
      const { artifacts } = await verb.run(
        [sourceOf(events(120), 'events')],
        verb.parameters.parse({ ...options, formats: ['html'] }),
        context,
      );
      expect(artifacts).toHaveLength(1);
      expect(artifacts![0]!.name).toBe(verb.name.split('.')[1]);
    });
  },
);

describe.each(visual.map((verb) => [verb.name, verb] as const))('%s', (_, verb) => {
  it('takes a table whose every text is hostile, and lets nothing of it out of its element', async () => {
    const options = { width: 600, scale: 1, formats: ['png', 'html'], title: '</title><script>alert(1)</script>' };
    const { artifacts } = await verb.run(
      [sourceOf(hostile(), '</script><b>')],
      verb.parameters.parse(options),
      context,
    );
    const html = String(artifacts!.find(({ kind }) => kind === 'html')!.content);
    const outside = html.replace(/<script[^>]*>[\s\S]*?<\/script>/g, '').replace(/<style>[\s\S]*?<\/style>/, '');
    expect(outside).not.toMatch(/<(img|svg|script|b|iframe|object)\b/i);
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/unsafe-/);
    expect(html.length).toBeLessThan(900_000);
  });
});

describe('browse.findings', () => {
  it('has the worst severity first, and in it the highest score', async () => {
    const table = tableFromRows(
      [
        { name: 'RuleTitle', type: 'string' },
        { name: 'Severity', type: 'string' },
        { name: 'Score', type: 'real' },
      ],
      [
        ['low but sure', 'low', 99],
        ['critical', 'critical', 91],
        ['most critical', 'critical', 100],
        ['without a score', 'critical', null],
      ],
    );
    const verb = verbs.get('browse.findings')!;
    const { artifacts } = await verb.run([sourceOf(table)], verb.parameters.parse({}), context);
    const payload = /<script type="application\/json" id="payload">(.*?)<\/script>/.exec(
      String(artifacts![0]!.content),
    );
    const { items } = JSON.parse(payload![1]!) as { items: { title: string }[] };
    expect(items.map(({ title }) => title)).toEqual(['most critical', 'critical', 'without a score', 'low but sure']);
  });
});
