import type { TableSchema } from '../../tables/index.ts';
import { type ListPlace, type OutlinedJson, outlineJson } from '../wire-list.ts';
import { readElastic } from './elastic-form.ts';
import { readHunting } from './hunting-form.ts';
import { readKusto } from './kusto-form.ts';
import { type ListForm, readList } from './list-form.ts';
import { readLogAnalytics } from './log-analytics-form.ts';
import { readResourceGraph } from './resource-graph-form.ts';
import { readSplunk } from './splunk-form.ts';
import type { WireAnswer } from './wire-answer.ts';

/** The form of an answer, with what has to be known to read it: plain data. */
export type AnswerForm =
  | { readonly name: 'log-analytics' | 'kusto' | 'hunting' | 'elastic' | 'resource-graph' }
  | ({ readonly name: 'list' } & ListForm)
  | { readonly name: 'splunk'; readonly knownFields: TableSchema };

type Named<Name> = Extract<AnswerForm, { readonly name: Name }>;

interface FormReader<Name> {
  /** Where the rows stand. */
  readonly rows: ListPlace;
  read(outline: unknown, form: Named<Name>, service: string, batches: Batches): WireAnswer;
}

/** The elements of a list of an outline, in batches; for forms that have to see the values before the first row. */
export type Batches = OutlinedJson['batches'];

const readers: { readonly [Name in AnswerForm['name']]: FormReader<Name> } = {
  'log-analytics': { rows: { names: ['rows'], depth: 3 }, read: readLogAnalytics },
  kusto: { rows: { names: ['Rows'], depth: 2 }, read: (outline, _form, service) => readKusto(outline, service) },
  hunting: { rows: { names: ['results', 'Results'], depth: 1 }, read: readHunting },
  elastic: {
    rows: { names: ['values'], depth: 1 },
    read: (outline, _form, _service, batches) => readElastic(outline, batches),
  },
  'resource-graph': { rows: { names: ['rows'], depth: 2 }, read: readResourceGraph },
  list: { rows: { names: ['value'], depth: 1 }, read: readList },
  splunk: {
    rows: { names: ['results'], depth: 1 },
    read: (outline, { knownFields }, _service, batches) => readSplunk(outline, knownFields, batches),
  },
};

/** An answer in the common form, and its rows in batches. */
export interface OpenAnswer extends WireAnswer {
  batches(): Iterable<readonly unknown[]>;
}

/**
 * Reads an answer by its form.
 *
 * @param service the name under which warnings and errors speak of it
 * @throws SyntaxError: it is not whole JSON · TrailhoundError `remote`: it says that there is no result · `limit`
 */
export function openAnswer(form: AnswerForm, body: Uint8Array, service: string): OpenAnswer {
  const { rows, read } = readers[form.name] as FormReader<string> & { read(...given: unknown[]): WireAnswer };
  const { outline, batches } = outlineJson(body, rows);
  const answer = read(outline, form, service, batches);
  return { ...answer, batches: () => batches(answer.list) };
}
