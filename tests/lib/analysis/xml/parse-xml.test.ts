import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventData, parseXml } from '../../../../lib/analysis/xml/index.ts';
import { TrailhoundError } from '../../../../lib/errors.ts';

describe('XML', () => {
  it('takes the form that KQL gives it', () => {
    expect(parseXml('<a x="1"><b>t</b><b/><c>1 &lt; 2 &#65;&#x42;</c></a>')).toEqual({
      a: { '@x': '1', b: ['t', null], c: '1 < 2 AB' },
    });
    expect(parseXml('<?xml version="1.0"?><!-- c --><a>x<b/>y</a>')).toEqual({ a: { '#text': 'xy', b: null } });
    expect(parseXml('<a><![CDATA[<b>]]></a>')).toEqual({ a: '<b>' });
  });

  it('gives the data of a Windows event', () => {
    const event =
      '<Event><EventData><Data Name="CommandLine">cmd /c x</Data><Data Name="__proto__">p</Data><Data Name="Empty"/></EventData></Event>';
    expect(Object.entries(eventData(parseXml(event)))).toEqual([
      ['CommandLine', 'cmd /c x'],
      ['__proto__', 'p'],
      ['Empty', ''],
    ]);
  });

  it('refuses what could expand or reach out, and what is not well formed', () => {
    const bombs = [
      '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
      '<a>&b;</a>',
      '<a',
      '<a><b></a>',
      '</a>',
      'text',
      '<a/',
      '<a b=c/>',
      '<a>'.repeat(100),
    ];
    for (const text of bombs) expect(() => parseXml(text), text).toThrow(TrailhoundError);
  });

  it('fails in no other way, whatever the text', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '<a>',
        '</a>',
        '<a/>',
        '<a b="c">',
        '<![CDATA[',
        ']]>',
        '<!--',
        '-->',
        '<?',
        '&amp;',
        '&#0;',
        '<__proto__>',
        '</__proto__>',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        try {
          JSON.stringify(eventData(parseXml(pieces.join(''))));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(TrailhoundError);
        }
      }),
    );
  });
});
