import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { gatherReport, type Report, type ReportSubject, renderReport } from '../../../lib/report/index.ts';
import { playbookName, shortTime } from '../../../lib/report/sections/asked.ts';
import { defang } from '../../../lib/report/sections/parts.ts';
import { sourceOf, tableFromRows } from '../../../lib/tables/index.ts';
import { samplePng, sampleReaders, sampleSubject } from './sample.ts';

let png: Uint8Array;
beforeAll(async () => {
  png = await samplePng();
});

async function reportOf(change: Partial<ReportSubject> = {}): Promise<Report> {
  return renderReport(await gatherReport({ ...sampleSubject(), ...change }, sampleReaders(png)));
}

/** Where each text first stands on the page: to prove an order. */
function places(page: string, texts: readonly string[]): number[] {
  return texts.map((text) => page.indexOf(text));
}

describe('the report page', () => {
  it('tells what an analyst asks, in the order in which they ask it', async () => {
    const { html } = await reportOf();
    const order = places(html, [
      'id="asked"',
      'id="findings"',
      'id="decoded"',
      'id="indicators"',
      'id="pictures"',
      'id="tables"',
      'id="problems"',
      'id="suppressed"',
      'id="method"',
    ]);
    expect(order.every((place) => place > 0)).toBe(true);
    expect([...order].sort((a, b) => a - b)).toEqual(order);
    const findings = places(html, ['Memory of LSASS', 'Encoded PowerShell that downloads', 'Rare parent and child']);
    expect([...findings].sort((a, b) => a - b)).toEqual(findings);
  });

  it('shows evidence with its whole row, decoded text in clear, verdicts, and what failed', async () => {
    const { html } = await reportOf();
    expect(html).toContain('comsvcs.dll, MiniDump 712');
    expect(html).toContain('<dt>NewProcessName</dt>');
    expect(html).toContain('$c = New-Object Net.WebClient\nIEX $c.DownloadString($u)');
    expect(html).toContain('in 2 rows');
    expect(html).toContain('203[.]0[.]113[.]77');
    expect(html).toContain('campaign FERRET');
    expect(html).toContain('virustotal did not answer');
    expect(html).toContain('1 step failed, 1 step skipped, 1 step partial');
    expect(html).toContain('inventory agent (allow-list entry 3)');
    expect(html).toContain('The first 25 of 40 rows. 1 column without a value in them.');
  });

  it('is the same, byte for byte, each time', async () => {
    expect(await reportOf()).toEqual(await reportOf());
    const steps = sampleSubject().steps.map((step, index) => ({ ...step, durationInMs: index + 17 }));
    expect(await reportOf({ steps })).toEqual(await reportOf());
  });

  it('says so when nothing was found and nothing went wrong', async () => {
    const steps = sampleSubject().steps.slice(1, 3);
    const { html, markdown } = await reportOf({ findings: [], warnings: [], steps });
    expect(html).toContain('Nothing was found.');
    expect(html).toContain('Every step succeeded');
    expect(html).not.toContain('Not the whole picture');
    expect(markdown).toContain('Nothing was found.');
  });

  it('allows its own style and script by hash, pictures as data, and nothing else', async () => {
    const { html } = await reportOf();
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!.replaceAll('&#39;', "'");
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)![1]!;
    const script = /<script>([\s\S]*?)<\/script>/.exec(html)![1]!;
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      'img-src data:',
      `style-src ${hash(style)}`,
      `script-src ${hash(script)}`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(html).not.toMatch(/ style="| on[a-z]+="/);
    const addresses = [...html.matchAll(/ (?:href|src)="([^"]*)"/g)].map(([, address]) => address!);
    expect(
      addresses.filter((address) => !/^(#[\w-]+|[\w./-]+|data:image\/png;base64,[\w+/=]+)$/.test(address)),
    ).toEqual([]);
  });

  it('links a picture that is too large to carry', async () => {
    const large = new Uint8Array(2_500_001);
    large.set(png);
    const input = await gatherReport(sampleSubject(), { ...sampleReaders(png), artifact: async () => large });
    const { html } = renderReport(input);
    expect(html).toContain('A picture of 64 × 24 pixels, too large for this page.');
    expect(html).not.toContain('data:image/png');
  });
});

const HOSTILE = [
  '</script><img src=x onerror=alert(1)>',
  '<!--<script>',
  '"\'`onmouseover=alert(1) ',
  'javascript:alert(1)',
  'invoice\u202Efdp.exe',
  '\u0000\u001b[31m\u2028\ud800',
  '{{constructor.constructor("alert(1)")()}}',
  '| pipe | **bold** [link](https://evil.example) ![i](x) ```',
  '__proto__',
  'x'.repeat(1_000_000),
];

describe('hostile text', () => {
  const subject = sampleSubject();
  const table = tableFromRows(
    [
      { name: 'IoCType', type: 'string' },
      { name: 'Observable', type: 'string' },
      { name: 'DecodedText', type: 'string' },
      { name: '<img src=x>', type: 'string' },
      { name: '__proto__', type: 'string' },
    ],
    HOSTILE.map((text) => ['url', text, text, text, text]),
  );
  const render = async () => {
    const tables = ['decode.base64', 'extract.iocs'].map((verb) => ({
      name: verb.replace('.', '-'),
      verb,
      rows: table.rowCount,
      columns: table.columns.map(({ name, type }) => ({ name, type })),
      parts: [],
    }));
    const findings = HOSTILE.map((text, row) => ({
      score: 50,
      severity: 'medium' as const,
      title: text,
      reason: text,
      techniques: [text],
      entities: [{ kind: text, id: text }],
      evidence: [{ table: 'decode-base64', row, time: text, excerpt: text }],
      ...(row % 2 === 0 ? { suppressedBy: text } : {}),
    }));
    const input = await gatherReport(
      {
        ...subject,
        playbook: HOSTILE[0]!,
        description: HOSTILE[1]!,
        inputs: Object.fromEntries(HOSTILE.map((text, index) => [text.slice(0, 100), HOSTILE[index]])),
        sources: HOSTILE,
        tables,
        findings,
        artifacts: [],
        warnings: HOSTILE.map((message) => ({ code: message, message, step: message })),
        verdicts: HOSTILE.map((value) => ({
          type: value,
          value,
          verdict: 'malicious',
          score: 100,
          sources: [{ provider: value, verdict: value, detail: value }],
        })),
      },
      { table: (name) => sourceOf(table, name), artifact: async () => null },
    );
    return renderReport(input);
  };

  it('is text on the page, visible and cut with a count', async () => {
    const { html } = await render();
    const body = html.slice(html.indexOf('<body>'));
    // Of booleans, so that a failure does not print the page.
    expect(body.includes('<img')).toBe(false);
    expect(/<[^>]*\son[a-z]+=/.test(body)).toBe(false);
    expect(body.match(/<script>/g)).toHaveLength(1);
    expect(/[\u0000-\u0008\u000b-\u001f\u202e\u2028]/.test(html)).toBe(false);
    expect(html.includes('invoice⟨202E⟩fdp.exe')).toBe(true);
    expect(html.includes('…(+')).toBe(true);
    expect(html.length).toBeLessThan(3_000_000);
  });

  it('is text in Markdown, where no link, picture or HTML comes of it', async () => {
    const { markdown } = await render();
    const outside = markdown.replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '');
    const active = /(?<!\\)\[link|<img|<script|https?:\/\/|(?<!\\)!\[i/.exec(outside);
    expect(active && outside.slice(active.index - 50, active.index + 50)).toBeNull();
    expect(markdown.length).toBeLessThan(2_000_000);
  });

  it('stays data in JSON', async () => {
    const { json } = await render();
    const document = JSON.parse(json);
    expect(json.length).toBeLessThan(2_000_000);
    expect(document.findings.some(({ title }: { title: string }) => title === HOSTILE[1])).toBe(true);
    expect(Object.hasOwn(document, '__proto__')).toBe(false);
  });
});

describe('texts of the report', () => {
  it('shows times without the zeros at their end', () => {
    expect(shortTime('2026-03-04T05:06:00.0000000Z')).toBe('2026-03-04 05:06:00 UTC');
    expect(shortTime('2026-03-04T05:06:07.7600000Z')).toBe('2026-03-04 05:06:07.76 UTC');
    expect(shortTime('yesterday')).toBe('yesterday');
  });

  it('names a playbook the same, whatever folder its file is in', () => {
    expect(['host-triage', '/data/host-triage.yaml', 'C:\\data\\host-triage.yml'].map(playbookName)).toEqual(
      Array(3).fill('host-triage'),
    );
  });

  it('writes indicators so that nothing takes them for links', () => {
    expect(defang('url', 'https://user@evil.example:8080/a.b?c=d.e')).toBe(
      'hxxps://user@evil[.]example:8080/a.b?c=d.e',
    );
    expect(defang('dns', 'evil.example')).toBe('evil[.]example');
    expect(defang('email', 'a@evil.example')).toBe('a[@]evil[.]example');
    expect(defang('windows_path', 'C:\\a.exe')).toBe('C:\\a.exe');
  });
});
