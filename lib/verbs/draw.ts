import {
  drawPicture,
  drawProcessTree,
  matrixOptions,
  matrixPictureOf,
  processTreeOptions,
  timelineOf,
  timelineOptions,
} from '../visuals/index.ts';
import { defineVerb, type Verb, type VerbContext } from './verb.ts';

/** Artifacts bear the name of their step; without one, of what they show. */
const nameOf = (context: VerbContext, fallback: string) => context.step ?? fallback;

const drawTimeline = defineVerb({
  name: 'draw.timeline',
  summary: 'Draw events along time, one row for each group',
  description: [
    'Few events are marks at their exact time. Many are counted in bins of a round length, coloured on a log scale:',
    'a single event stays visible and nothing is sampled away. Small groups are drawn event by event, spikes are marked,',
    'totals stand at the side. Several tables are drawn together; one of them may mark reference events.',
    'The page zooms, pans and brushes; zooming in shows finer bins.',
  ].join('\n'),
  entities: ['host', 'account', 'process', 'ip', 'file'],
  inputTables: { min: 1, max: 8 },
  columnParameters: [
    { parameter: 'timeColumn', types: ['datetime', 'string'], defaults: ['TimeGenerated', 'Timestamp', 'UtcTime'] },
    { parameter: 'groupBy', types: [] },
    { parameter: 'tooltipColumns', types: [] },
    { parameter: 'sizeColumn', types: ['int', 'long', 'real', 'decimal'] },
  ],
  parameters: timelineOptions,
  output: { keepsInput: false, columns: [], artifacts: true },
  runsIn: 'worker',
  example: 'picture: { verb: draw.timeline, from: processes, with: { groupBy: Computer } }',
  async run(inputs, parameters, context) {
    const picture = await timelineOf(inputs, parameters);
    return { artifacts: await drawPicture(picture, nameOf(context, 'timeline'), parameters) };
  },
});

const drawTree = defineVerb({
  name: 'draw.process-tree',
  summary: 'Draw which process started which',
  description: [
    'One row for each process, indented under its parent. Flagged processes are shown with all their ancestors; the rest',
    'is folded in place and counted. Takes the output of `build.process-tree`, or process events of Windows, Sysmon,',
    'Defender or Linux, whose tree it then builds. The page has all processes, with search, folding and keys.',
  ].join('\n'),
  entities: ['host', 'process', 'account'],
  inputTables: { min: 1, max: 1 },
  columnParameters: [
    { parameter: 'flagColumn', types: [] },
    { parameter: 'reasonColumn', types: [] },
    { parameter: 'colourBy', types: [] },
    { parameter: 'tooltipColumns', types: [] },
  ],
  parameters: processTreeOptions,
  output: { keepsInput: false, columns: [], artifacts: true },
  runsIn: 'worker',
  example: 'tree-picture: { verb: draw.process-tree, from: tree, with: { flagColumn: Severity } }',
  async run(inputs, parameters, context) {
    return { artifacts: await drawProcessTree(inputs[0]!, parameters, nameOf(context, 'process-tree')) };
  },
});

const drawMatrix = defineVerb({
  name: 'draw.matrix',
  summary: 'Draw how often the values of two columns meet',
  description: [
    'Circles (coloured cells above 60 rows or columns) for each pair of values: counts, sums or distinct counts, linear,',
    'log or inverse (rare = large). Axes keep the values that matter most in that mode; all others are summed in a',
    'shaded last row and column, so that totals are whole.',
  ].join('\n'),
  entities: ['host', 'account', 'process', 'ip', 'file', 'dns'],
  inputTables: { min: 1, max: 1 },
  columnParameters: [
    { parameter: 'x', types: [] },
    { parameter: 'y', types: [] },
    { parameter: 'valueColumn', types: [] },
  ],
  parameters: matrixOptions,
  output: { keepsInput: false, columns: [], artifacts: true },
  runsIn: 'worker',
  example: 'who-where: { verb: draw.matrix, from: logons, with: { x: Computer, y: Account, inverse: true } }',
  async run(inputs, parameters, context) {
    const picture = await matrixPictureOf(inputs[0]!, parameters);
    return { artifacts: await drawPicture(picture, nameOf(context, 'matrix'), parameters) };
  },
});

export const drawVerbs: readonly Verb[] = [drawTimeline, drawTree, drawMatrix];
