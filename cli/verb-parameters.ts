import type { JsonSchema, VerbEntry } from '../lib/catalog/index.ts';
import { TrailhoundError } from '../lib/errors.ts';

/** A verb's parameters from `--param k=v`, each text read as its parameter's type wants it. */
export function readParameters(
  verb: Pick<VerbEntry, 'name' | 'schema'>,
  pairs: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const known = verb.schema.properties ?? {};
  return Object.fromEntries(
    Object.entries(pairs).map(([name, text]) => {
      if (Object.hasOwn(known, name)) return [name, readValue(name, text, known[name]!)];
      throw new TrailhoundError('usage', `${verb.name} has no parameter "${name}"`, {
        hint: `It has: ${Object.keys(known).join(', ') || 'none'}`,
      });
    }),
  );
}

/** The parameter that `--column` fills, with the column. */
export function columnParameter(
  verb: Pick<VerbEntry, 'name' | 'schema' | 'columnParameters'>,
  column: string,
): Record<string, unknown> {
  const [first] = verb.columnParameters;
  if (!first) throw new TrailhoundError('usage', `${verb.name} takes no column`);
  const node = verb.schema.properties?.[first.parameter];
  return { [first.parameter]: node && takesList(node) && !takesText(node) ? column.split(',') : column };
}

const alternatives = (node: JsonSchema): readonly JsonSchema[] => node.anyOf ?? node.oneOf ?? [node];
const takesList = (node: JsonSchema) => alternatives(node).some(({ type, items }) => type === 'array' || items);
const takesText = (node: JsonSchema) =>
  alternatives(node).some(
    ({ type, const: value, enum: values }) =>
      type === 'string' || typeof value === 'string' || values?.some((each) => typeof each === 'string'),
  );
const takes = (node: JsonSchema, ...types: string[]) =>
  alternatives(node).some(({ type, const: value }) => types.includes(String(type)) || types.includes(typeof value));

function readValue(name: string, text: string, node: JsonSchema): unknown {
  if (/^\s*[[{]/.test(text) && (takesList(node) || takes(node, 'object') || node.additionalProperties)) {
    return parseJson(name, text);
  }
  if (takes(node, 'boolean') && /^(true|false)$/.test(text)) return text === 'true';
  if (takes(node, 'number', 'integer') && /^-?\d/.test(text) && Number.isFinite(Number(text))) return Number(text);
  if (takesText(node)) return text;
  if (takesList(node)) {
    const items = alternatives(node).find(({ items: each }) => each)?.items ?? {};
    return text.split(',').map((item) => readValue(name, item.trim(), items));
  }
  return text;
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TrailhoundError('usage', `--param ${name} is not JSON: ${(error as Error).message}`);
  }
}
