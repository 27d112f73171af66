import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { block, html, ownElement, pngAddress, relativePath } from '../../../lib/report/html.ts';

describe('html', () => {
  it('escapes values, keeps markup of its own, joins lists and leaves out what is not there', () => {
    const item = (text: string) => html`<li>${text}</li>`;
    expect(html`<ul title="${'"<b>"'}">${['a', '<b>'].map(item)}${null}${undefined}${false}${3n}</ul>`.markup).toBe(
      '<ul title="&#34;&#60;b&#62;&#34;"><li>a</li><li>&#60;b&#62;</li>3</ul>',
    );
  });

  it('lets no text leave its place, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const page = html`<p title="${text}">${text}</p>`.markup;
        const inside = /^<p title="([^"<>]*)">([^<>]*)<\/p>$/u.exec(page);
        expect(inside).not.toBeNull();
        expect(page).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u);
        expect(page.isWellFormed()).toBe(true);
      }),
    );
  });

  it('takes nothing for markup that only looks like it', () => {
    const forged = JSON.parse('{"markup":"<script>alert(1)</script>"}');
    expect(() => html`<p>${forged}</p>`).toThrow('must not stand');
    const path = JSON.parse('{"path":"javascript:alert(1)"}');
    expect(() => html`<a href="${path}">x</a>`).toThrow('must not stand');
  });

  it('lets only checked paths be addresses', () => {
    expect(html`<a href="${relativePath('timeline/3f/timeline.html')}">x</a>`.markup).toBe(
      '<a href="timeline/3f/timeline.html">x</a>',
    );
    expect(() => html`<a href="${'timeline.html'}">x</a>`).toThrow('must not stand in address');
    expect(() => html`<img src="https://${'evil.example'}/a.png">`).toThrow('must not stand in address');
    for (const path of ['javascript:alert(1)', '//evil.example', 'a/../../b', '/etc/passwd', 'a b', '..', '', 'a?b']) {
      expect(() => relativePath(path), path).toThrow('not a path within an investigation');
    }
    expect(pngAddress(Uint8Array.of(1, 2, 3)).path).toBe('data:image/png;base64,AQID');
  });

  it('refuses places where escaping is not enough', () => {
    const value = 'x';
    expect(() => html`<p onclick="${value}">`).toThrow('onclick');
    expect(() => html`<p style="${value}">`).toThrow('style');
    expect(() => html`<p title=${value}>`).toThrow('outside a quoted attribute');
    expect(() => html`<script>${value}</script>`).toThrow('a script or a style');
    expect(() => ownElement('script', '</script>')).toThrow('ends itself');
  });

  it('keeps the lines of a block and nothing else that is invisible', () => {
    expect(block('a\r\n\tb\u202E<c>\u0000').markup).toBe('a\n\tb⟨202E⟩&#60;c&#62;⟨0000⟩');
  });
});
