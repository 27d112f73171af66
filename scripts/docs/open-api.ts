import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { requestBodySchema } from '../../functions/investigation-request.ts';
import { documentSchema, errorSchema } from '../../lib/investigation/document.ts';
import { packageRoot } from '../../lib/paths.ts';

type Json = { readonly [key: string]: unknown };

interface Operation {
  readonly method: 'get' | 'post' | 'delete';
  /** As the Functions host writes it, without the prefix `api`. */
  readonly route: string;
  readonly id: string;
  readonly summary: string;
  readonly body?: string;
  readonly headers?: readonly Json[];
  readonly query?: readonly Json[];
  /** Status → description and schema or media type. */
  readonly answers: Readonly<
    Record<string, { readonly description: string; readonly schema?: string; readonly media?: string }>
  >;
}

const header = (name: string, description: string): Json => ({
  name,
  in: 'header',
  description,
  schema: { type: 'string', maxLength: 256 },
});

/** Every route of the API. A test compares it with what the app registers. */
export const OPERATIONS: readonly Operation[] = [
  {
    method: 'post',
    route: 'investigations',
    id: 'startInvestigation',
    summary: 'Start an investigation',
    body: 'Request',
    headers: [header('Idempotency-Key', 'The same key gives the same investigation again')],
    answers: { 202: { description: 'Accepted; `Location` says where to ask', schema: 'Started' } },
  },
  {
    method: 'get',
    route: 'investigations',
    id: 'listInvestigations',
    summary: 'List investigations, the newest first',
    query: [{ name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 500, default: 50 } }],
    answers: { 200: { description: 'The list', schema: 'InvestigationList' } },
  },
  {
    method: 'get',
    route: 'investigations/{id}',
    id: 'getInvestigation',
    summary: 'The document of an investigation; while it goes on, its progress',
    answers: { 200: { description: 'The document', schema: 'Investigation' } },
  },
  {
    method: 'delete',
    route: 'investigations/{id}',
    id: 'cancelInvestigation',
    summary: 'Cancel an investigation',
    answers: { 202: { description: 'It will stop; what it has stored stays', schema: 'Cancelled' } },
  },
  {
    method: 'get',
    route: 'investigations/{id}/history',
    id: 'getHistory',
    summary: 'The durable history in readable form: what ran, when, and how it ended',
    answers: { 200: { description: 'The history', schema: 'History' } },
  },
  {
    method: 'get',
    route: 'investigations/{id}/artifacts/{name}',
    id: 'getArtifact',
    summary: 'A picture, page or export by its name',
    answers: { 200: { description: 'The file', media: '*/*' } },
  },
  {
    method: 'get',
    route: 'investigations/{id}/files/{*path}',
    id: 'getFile',
    summary: 'A file of an investigation by its path, as `report.html` or `manifest.json`',
    answers: { 200: { description: 'The file', media: '*/*' } },
  },
  {
    method: 'post',
    route: 'sentinel/incident',
    id: 'takeIncident',
    summary: 'Take the payload of a Sentinel automation rule; a repeat of the same incident starts nothing',
    body: 'Incident',
    answers: { 202: { description: 'Accepted, or no rule chooses a playbook for it', schema: 'Started' } },
  },
  {
    method: 'get',
    route: 'page',
    id: 'getPage',
    summary: 'A page to start investigations, follow them and open their reports',
    answers: { 200: { description: 'The page', media: 'text/html' } },
  },
  {
    method: 'get',
    route: 'catalog/{kind}',
    id: 'getCatalog',
    summary: 'Verbs, playbooks…: what there is, with parameters, types, defaults and docs',
    answers: { 200: { description: 'The entries, under the name of their kind', schema: 'Catalog' } },
  },
];

const FAILURES: Readonly<Record<string, string>> = {
  400: 'Wrong input: every problem is listed by field',
  404: 'Not found',
  409: 'The id was used for another request',
  413: 'Too large',
  429: 'Try again later',
  503: 'Something that is needed does not answer',
};

/** The API in OpenAPI 3.1, its schemas made from those that check requests and documents. */
export function openApiDocument(): Json {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of OPERATIONS) {
    const path = `/api/${operation.route.replace('{*', '{')}`;
    paths[path] = { ...paths[path], [operation.method]: operationOf(operation) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Trailhound', version, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: 'http://127.0.0.1:7071', description: 'trailhound serve' }],
    security: [{ functionKey: [] }],
    paths,
    components: {
      securitySchemes: { functionKey: { type: 'apiKey', in: 'header', name: 'x-functions-key' } },
      schemas: schemas(),
    },
  };
}

function operationOf({ route, id, summary, body, headers = [], query = [], answers }: Operation): Json {
  const inPath = [...route.matchAll(/\{\*?(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const parameters = [...inPath, ...query, ...headers];
  const good = Object.entries(answers).map(([status, { description, schema, media }]) => {
    const content = schema
      ? { 'application/json': { schema: reference(schema) } }
      : { [media ?? '*/*']: { schema: { type: 'string', format: 'binary' } } };
    return [status, { description, content }];
  });
  const bad = Object.entries(FAILURES).map(([status, description]) => [
    status,
    { description, content: { 'application/json': { schema: reference('Failure') } } },
  ]);
  return {
    operationId: id,
    summary,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: { required: true, content: { 'application/json': { schema: reference(body) } } } } : {}),
    responses: Object.fromEntries([...good, ...bad]),
  };
}

const reference = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

function schemas(): Json {
  const of = (schema: z.ZodType, io: 'input' | 'output'): unknown => {
    const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
    return rest;
  };
  const strings = (...names: string[]) => Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
  return {
    Request: of(requestBodySchema, 'input'),
    Investigation: of(documentSchema, 'output'),
    InvestigationList: {
      type: 'object',
      properties: {
        investigations: {
          type: 'array',
          items: { type: 'object', properties: strings('id', 'playbook', 'status', 'trigger', 'createdAt') },
        },
      },
    },
    Started: {
      type: 'object',
      properties: {
        id: { type: ['string', 'null'] },
        isNew: { type: 'boolean', description: 'False for a repeat, which starts nothing' },
        playbook: { type: 'string' },
        reason: { type: 'string', description: 'Why nothing was started' },
        links: { type: 'object', properties: strings('self', 'report', 'history') },
      },
    },
    Cancelled: { type: 'object', properties: strings('id') },
    History: {
      type: 'object',
      properties: { ...strings('id', 'runtimeStatus'), events: { type: 'array', items: {} } },
    },
    Incident: { type: 'object', description: "The automation rule's payload, as Sentinel sends it" },
    Catalog: { type: 'object' },
    Failure: {
      type: 'object',
      properties: {
        error: {
          allOf: [of(errorSchema, 'output')],
          properties: {
            problems: { type: 'array', items: { type: 'object', properties: strings('field', 'problem', 'example') } },
          },
        },
      },
    },
  };
}
