import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml, jsonForScript, safeText } from '../../../lib/visuals/safe-text.ts';

describe('safeText', () => {
  it('shows what hides or turns text around', () => {
    expect(safeText('invoice\u202Efdp.exe')).toBe('invoice⟨202E⟩fdp.exe');
    expect(safeText('a\u0000b\u200bc\u2028d\u{e0041}')).toBe('a⟨0000⟩b⟨200B⟩c⟨2028⟩d⟨E0041⟩');
    expect(safeText('two\r\nlines\tand a tab')).toBe('two↵lines→and a tab');
    expect(safeText('lone \ud800 half')).toBe('lone � half');
  });

  it('cuts long text and says how much', () => {
    expect(safeText('x'.repeat(1_000_000), 20)).toBe(`${'x'.repeat(20)}…(+999980)`);
  });

  it('leaves nothing invisible, whatever comes in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const safe = safeText(text);
        expect(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/u.test(safe)).toBe(false);
        expect(safe.isWellFormed()).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});

describe('jsonForScript', () => {
  it('gives the same value back, and never anything that ends the element', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = jsonForScript(value);
        expect(json).not.toMatch(/[<>&\u2028\u2029]/);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value).toWellFormed()));
      }),
    );
  });
});

it('escapeHtml leaves no character with a meaning', () => {
  expect(escapeHtml(`<a href="x" onclick='y'>&`)).toBe('&#60;a href=&#34;x&#34; onclick=&#39;y&#39;&#62;&#38;');
});
