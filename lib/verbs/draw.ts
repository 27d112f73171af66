import {
  drawPicture,
  drawProcessTree,
  drawWhatIf,
  graphOf,
  graphOptions,
  mapOf,
  mapOptions,
  matrixOptions,
  matrixPictureOf,
  processTreeOptions,
  timelineDurationOf,
  timelineDurationOptions,
  timelineOf,
  timelineOptions,
  timelineValuesOf,
  timelineValuesOptions,
  timeSeriesOf,
  timeSeriesOptions,
  whatIfOptions,
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
    'Defender or Linux, whose tree it then builds. A second table, of detections, flags processes. The page has all',
    'processes, with search, folding and keys, and on request a linked table.',
  ].join('\n'),
  entities: ['host', 'process', 'account'],
  inputTables: { min: 1, max: 2 },
  columnParameters: [
    { parameter: 'flagColumn', types: [] },
    { parameter: 'reasonColumn', types: [] },
    { parameter: 'colourBy', types: [] },
    { parameter: 'tooltipColumns', types: [] },
  ],
  parameters: processTreeOptions,
  output: { keepsInput: false, columns: [], artifacts: true },
  runsIn: 'worker',
  example: 'tree-picture: { verb: draw.process-tree, from: [tree, detections] }',
  async run(inputs, parameters, context) {
    return { artifacts: await drawProcessTree(inputs, parameters, nameOf(context, 'process-tree')) };
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

const drawTimelineValues = defineVerb({
  name: 'draw.timeline-values',
  summary: 'Draw a numeric column along time',
  description: [
    'Bars, points or lines, or any of them together, one series for each group. Where values are many, the first, lowest,',
    'highest and last of each step in time are drawn, so that no extreme is lost. Reference lines mark values and times.',
  ].join('\n'),
  entities: ['host', 'account', 'ip'],
  inputTables: { min: 1, max: 2 },
  columnParameters: [
    { parameter: 'valueColumn', types: ['int', 'long', 'real', 'decimal', 'string'] },
    { parameter: 'timeColumn', types: ['datetime', 'string'], defaults: ['TimeGenerated', 'Timestamp'] },
    { parameter: 'groupBy', types: [] },
    { parameter: 'tooltipColumns', types: [] },
  ],
  parameters: timelineValuesOptions,
  output: { keepsInput: false, columns: [], artifacts: true },
  runsIn: 'worker',
  example:
    'bytes: { verb: draw.timeline-values, from: flows, with: { valueColumn: BytesSent, kind: [lines, points] } }',
  async run(inputs, parameters, context) {
    const picture = await timelineValuesOf(inputs, parameters);
    return { artifacts: await drawPicture(picture, nameOf(context, 'timeline-values'), parameters) };
  },
});

const drawTimelineDuration = defineVerb({
  name: 'draw.timeline-duration',
  summary: 'Draw spans of time, from the first to the last event of each group',
  description:
    'A bar for each combination of the group columns, from its first event to its last, with the events in it.',
  entities: ['host', 'account', 'ip', 'process'],
  inputTables: { min: 1, max: 2 },
  columnParameters: [
    { parameter: 'groupBy', types: [] },
    { parameter: 'timeColumn', types: ['datetime', 'string'], defaults: ['TimeGenerated', 'Timestamp'] },
    { parameter: 'endColumn', types: ['datetime', 'string'] },
    { parameter: 'tooltipColumns', types: [] },
  ],
  parameters: timelineDurationOptions,
  output: { keepsInput: false, columns: [], artifacts: true },
  runsIn: 'worker',
  example: 'sessions: { verb: draw.timeline-duration, from: logons, with: { groupBy: [Computer, Account] } }',
  async run(inputs, parameters, context) {
    const picture = await timelineDurationOf(inputs, parameters);
    return { artifacts: await drawPicture(picture, nameOf(context, 'timeline-duration'), parameters) };
  },
});

const drawTimeSeries = defineVerb({
  name: 'draw.time-series',
  summary: 'Draw a time series with its expected values and anomalies',
  description: [
    'Observed and expected values, spikes and dips; trend, seasonal part and score in plots of their own. Takes the',
    'columns that MSTICPy and KQL’s series_decompose_anomalies give; other names are options. Several series are drawn',
    'one below the other.',
  ].join('\n'),
  entities: ['host', 'account', 'ip'],
  inputTables: { min: 1, max: 2 },
  columnParameters: [
    { parameter: 'valueColumn', types: ['int', 'long', 'real', 'decimal', 'string'] },
    { parameter: 'timeColumn', types: ['datetime', 'string'], defaults: ['TimeGenerated', 'Timestamp'] },
    { parameter: 'groupBy', types: [] },
  ],
  parameters: timeSeriesOptions,
  output: { keepsInput: false, columns: [], artifacts: true },
  runsIn: 'worker',
  example: 'series: { verb: draw.time-series, from: anomalies, with: { valueColumn: TotalBytesSent, threshold: 3 } }',
  async run(inputs, parameters, context) {
    const picture = await timeSeriesOf(inputs, parameters);
    return { artifacts: await drawPicture(picture, nameOf(context, 'time-series'), parameters) };
  },
});

const drawMap = defineVerb({
  name: 'draw.map',
  summary: 'Draw on a map where events come from',
  description: [
    'Coordinates, or IP addresses with a second table that places them. Colours and layers by a column, shapes by another,',
    'a list of values in red, marks that would cover each other joined until the reader zooms in, journeys too fast to be',
    'true. The map is drawn offline: Natural Earth, public domain.',
  ].join('\n'),
  entities: ['ip', 'account'],
  inputTables: { min: 1, max: 2 },
  columnParameters: [
    { parameter: 'latitudeColumn', types: [] },
    { parameter: 'longitudeColumn', types: [] },
    { parameter: 'ipColumn', types: ['string'] },
    { parameter: 'colourBy', types: [] },
    { parameter: 'iconBy', types: [] },
    { parameter: 'sizeColumn', types: ['int', 'long', 'real', 'decimal', 'string'] },
    { parameter: 'routeBy', types: [] },
    { parameter: 'timeColumn', types: ['datetime', 'string'] },
    { parameter: 'tooltipColumns', types: [] },
    { parameter: 'popupColumns', types: [] },
  ],
  parameters: mapOptions,
  output: { keepsInput: false, columns: [], artifacts: true },
  runsIn: 'worker',
  example: 'where: { verb: draw.map, from: signins, with: { colourBy: AppDisplayName, routes: impossible } }',
  async run(inputs, parameters, context) {
    const picture = await mapOf(inputs, parameters);
    return { artifacts: await drawPicture(picture, nameOf(context, 'map'), parameters) };
  },
});

const drawGraph = defineVerb({
  name: 'draw.graph',
  summary: 'Draw who is linked with what',
  description: [
    'Nodes and links from two columns of a table; or, from a table of alerts, incidents, alerts, their entities and what',
    'those name. The layout is by forces without chance: the same graph has the same picture. Up to 2,000 nodes.',
  ].join('\n'),
  entities: ['host', 'account', 'ip', 'process', 'file', 'alert', 'incident'],
  inputTables: { min: 1, max: 1 },
  columnParameters: [
    { parameter: 'sourceColumn', types: [] },
    { parameter: 'targetColumn', types: [] },
    { parameter: 'weightColumn', types: ['int', 'long', 'real', 'decimal'] },
    { parameter: 'entitiesColumn', types: ['dynamic', 'string'] },
  ],
  parameters: graphOptions,
  output: { keepsInput: false, columns: [], artifacts: true },
  runsIn: 'worker',
  example: 'links: { verb: draw.graph, from: flows, with: { sourceColumn: SourceIp, targetColumn: DestinationIp } }',
  async run(inputs, parameters, context) {
    const picture = await graphOf(inputs[0]!, parameters);
    return { artifacts: await drawPicture(picture, nameOf(context, 'graph'), parameters) };
  },
});

const whatIf = defineVerb({
  name: 'draw.what-if',
  summary: 'Draw how counts change with a parameter',
  description: [
    'One case for each value of a column (a month, a scenario), or for each threshold on a numeric column: what would be',
    'left if only rows with a score of at least 60 counted? Small multiples as PNG, a page with a slider.',
  ].join('\n'),
  entities: ['host', 'account'],
  inputTables: { min: 1, max: 1 },
  columnParameters: [
    { parameter: 'x', types: [] },
    { parameter: 'valueColumn', types: ['int', 'long', 'real', 'decimal', 'string'] },
    { parameter: 'parameter', types: [] },
    { parameter: 'thresholdColumn', types: ['int', 'long', 'real', 'decimal', 'string'] },
  ],
  parameters: whatIfOptions,
  output: { keepsInput: false, columns: [], artifacts: true },
  runsIn: 'worker',
  example: 'cut: { verb: draw.what-if, from: scores, with: { x: Computer, thresholdColumn: Score } }',
  async run(inputs, parameters, context) {
    return { artifacts: await drawWhatIf(inputs[0]!, parameters, nameOf(context, 'what-if')) };
  },
});

export const drawVerbs: readonly Verb[] = [
  drawTimeline,
  drawTimelineValues,
  drawTimelineDuration,
  drawTree,
  drawMatrix,
  drawTimeSeries,
  drawMap,
  drawGraph,
  whatIf,
];
