import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitLabel, fitLabels, fitText, type Measure } from '../../../lib/visuals/text-fit.ts';

const CHARACTER_PX = 6;
const measure: Measure = (_, text) => [...text].length * CHARACTER_PX;
/** Cut to a width in characters. */
const cut = (text: string, width: number) => fitLabel(measure, '', text, width * CHARACTER_PX);

describe('labels that are cut', () => {
  it('keep the ends of paths, whole parts first', () => {
    expect(cut('C:\\Windows\\System32\\svchost.exe', 40)).toBe('C:\\Windows\\System32\\svchost.exe');
    expect(cut('C:\\Windows\\System32\\svchost.exe', 24)).toBe('…\\System32\\svchost.exe');
    expect(cut('C:\\Windows\\System32\\svchost.exe', 14)).toBe('…\\svchost.exe');
    expect(cut('/usr/lib/systemd/systemd-journald', 19)).toBe('…/systemd-journald');
    expect(cut('C:\\Windows\\System32\\SearchProtocolHost.exe', 11)).toBe('Searc…t.exe');
  });

  it('keep both ends of other names', () => {
    expect(cut('ws03.contoso.example', 11)).toBe('ws03.…ample');
    expect(cut('a and/or b, and so on', 11)).toBe('a and…so on');
  });

  it('never are wider than the room, whatever they hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 12, max: 60 }), (text, width) => {
        const px = width * CHARACTER_PX;
        expect(measure('', cut(text, width))).toBeLessThanOrEqual(px);
        expect(measure('', fitText(measure, '', text, px))).toBeLessThanOrEqual(px);
      }),
    );
  });

  it('are cut where they differ, if they would look the same', () => {
    const hosts = [7, 8, 12].map((n) => `a-very-long-host-name-number-${n}.department.contoso.example`);
    const labels = fitLabels(measure, '', hosts, 24 * CHARACTER_PX);
    expect(new Set(labels).size).toBe(3);
    expect(labels[0]).toMatch(/^…umber-7\.department/);
    expect(fitLabels(measure, '', ['same'.repeat(20), 'same'.repeat(20)], 120)).toHaveLength(2);
  });
});
