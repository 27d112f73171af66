import { type BrowseKind, browseList, browseListOptions, browseTable, browseTableOptions } from '../visuals/index.ts';
import { defineVerb, type Verb } from './verb.ts';

const browseTableVerb = defineVerb({
  name: 'browse.table',
  summary: 'Make a page to look into a table',
  description: [
    'One self-contained page, no server behind it: choose columns, search, filter (contains, equals, matches, in,',
    'between…), sort, unfold JSON cells, export what is shown as CSV or JSON. 100,000 rows work.',
  ].join('\n'),
  entities: [],
  inputTables: { min: 1, max: 1 },
  columnParameters: [{ parameter: 'columns', types: [] }],
  parameters: browseTableOptions,
  output: { keepsInput: false, columns: [], artifacts: true },
  runsIn: 'worker',
  example: 'rows: { verb: browse.table, from: processes, with: { columns: [TimeGenerated, Computer, CommandLine] } }',
  async run(inputs, parameters, context) {
    return { artifacts: await browseTable(inputs[0]!, parameters, context.step ?? 'table') };
  },
});

function browseVerb(kind: BrowseKind, summary: string, description: string, example: string) {
  return defineVerb({
    name: `browse.${kind}`,
    summary,
    description,
    entities: [],
    inputTables: { min: 1, max: 1 },
    columnParameters: [
      { parameter: 'titleColumn', types: [] },
      { parameter: 'levelColumn', types: [] },
      { parameter: 'timeColumn', types: ['datetime', 'string'] },
      { parameter: 'textColumn', types: [] },
    ],
    parameters: browseListOptions,
    output: { keepsInput: false, columns: [], artifacts: true },
    runsIn: 'worker',
    example,
    async run(inputs, parameters, context) {
      return { artifacts: await browseList(inputs[0]!, kind, parameters, context.step ?? kind) };
    },
  });
}

export const browseVerbs: readonly Verb[] = [
  browseTableVerb,
  browseVerb(
    'alerts',
    'Make a page of alerts',
    'The alerts in a list, the worst first, with their timeline above. Selecting one, in the list or on the timeline,\nshows all its properties, extended properties and entities.',
    'alert-page: { verb: browse.alerts, from: alerts }',
  ),
  browseVerb(
    'threat-intel',
    'Make a page of what threat intelligence says',
    'One entry for each observable, the worst verdict first, with the answer of each provider. Takes the output of\n`lookup.threat-intel`.',
    'intel-page: { verb: browse.threat-intel, from: verdicts }',
  ),
  browseVerb(
    'findings',
    'Make a page of detections or scores',
    'One entry for each row of a table of detections or scores (`detect.sigma`, `score.rarity`…), the worst first, with\nthe reason and all that the row holds.',
    'finding-page: { verb: browse.findings, from: detections }',
  ),
];
