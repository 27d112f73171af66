import { describe, expect, it } from 'vitest';
import { columnFromCells, getColumn, makeTable, sourceOf, tableFromRows } from '../../../lib/tables/index.ts';
import { eventName, withEventNames } from '../../../lib/visuals/event-names/event-names.ts';
import { matrixOptions, matrixPictureOf, timelineOf, timelineOptions } from '../../../lib/visuals/index.ts';
import { DAY_START } from './sample-tables.ts';

describe('names of events', () => {
  it('go by provider, then by log', () => {
    expect(eventName(1, 'Microsoft-Windows-Sysmon')).toBe('Process creation');
    expect(eventName(1, '', 'Microsoft-Windows-Sysmon/Operational')).toBe('Process creation');
    expect(eventName(1, 'Microsoft-Windows-Kernel-General', 'System')).toBe('System time changed');
    expect(eventName(1102, 'Microsoft-Windows-Eventlog', 'Security')).toBe('Audit log cleared');
    expect(eventName(1102, 'Microsoft-Windows-TerminalServices-ClientActiveXCore')).toBeUndefined();
    expect(eventName(22, 'microsoft-windows-TerminalServices-LocalSessionManager')).toBe('Session shell started');
  });

  it('are not guessed', () => {
    expect(eventName(1)).toBeUndefined();
    expect(eventName(1102)).toBeUndefined();
    expect(eventName(4688, 'Contoso-Tracker')).toBeUndefined();
    expect(eventName(4688)).toBe('Process created');
    expect(eventName(7036, 'Service Control Manager', 'System')).toBe('Service state changed');
    for (const id of [999_999, -1, Number.NaN]) expect(eventName(id, 'Microsoft-Windows-Sysmon')).toBeUndefined();
  });

  const cells = [
    ['2026-03-12T00:00:00Z', 1, 'Microsoft-Windows-Sysmon', 'ws-1'],
    ['2026-03-12T00:00:01Z', 1, 'Microsoft-Windows-Kernel-General', 'ws-1'],
    ['2026-03-12T00:00:02Z', 1, null, 'ws-2'],
    ['2026-03-12T00:00:03Z', 7045, 'Service Control Manager', 'ws-2'],
    ['2026-03-12T00:00:04Z', null, 'Service Control Manager', 'ws-2'],
  ] as const;
  const mixed = tableFromRows(
    [
      { name: 'TimeGenerated', type: 'string' },
      { name: 'EventID', type: 'int' },
      { name: 'Source', type: 'string' },
      { name: 'Computer', type: 'string' },
    ],
    cells,
  );
  const names = ['1 Process creation', '1 System time changed', '1', '7045 Service installed', null];

  it('stand beside the id, by row; an id without a name stays a number', async () => {
    const source = withEventNames(sourceOf(mixed));
    expect(getColumn(await source.read(['EventID']), 'EventID').values).toEqual(names);
    const table = await source.take([3, 0], ['Computer', 'EventID']);
    expect(table.columns.map(({ name }) => name)).toEqual(['Computer', 'EventID']);
    expect(getColumn(table, 'EventID').values).toEqual([names[3], names[0]]);
    expect((await source.read()).columns).toHaveLength(4);
  });

  it('leave numbers alone where numbers are needed', () => {
    const source = sourceOf(mixed);
    expect(withEventNames(source, ['EventID'])).toBe(source);
    expect(withEventNames(sourceOf(makeTable([columnFromCells('Computer', 'string', ['ws-1'])]))).schema).toHaveLength(
      1,
    );
  });

  it('are the groups of a timeline and the axes of a matrix', async () => {
    const timeline = await timelineOf([sourceOf(mixed)], timelineOptions.parse({ groupBy: 'EventID', order: 'name' }));
    expect(timeline.categories).toEqual(['1', '1 Process creation', '1 System time changed', names[3], '(empty)']);
    const matrix = await matrixPictureOf(sourceOf(mixed), matrixOptions.parse({ x: 'Computer', y: 'EventID' }));
    expect(matrix.data['lines']!['full']).toContain('7045 Service installed');
  });

  it('go with sums of other columns', async () => {
    const table = tableFromRows(
      [
        { name: 'TimeGenerated', type: 'real' },
        { name: 'EventID', type: 'string' },
        { name: 'Computer', type: 'string' },
      ],
      [[DAY_START, '4624', 'dc-1']],
    );
    const matrix = await matrixPictureOf(sourceOf(table), matrixOptions.parse({ x: 'Computer', y: 'EventID' }));
    expect(matrix.data['lines']!['full']).toEqual(['4624 Logon']);
  });
});
