import { app } from '@azure/functions';
import { type CatalogKind, catalogs } from '../lib/catalog/index.ts';
import { TrailhoundError } from '../lib/errors.ts';
import { answering } from './http.ts';

app.http('catalog', {
  route: 'catalog/{kind}',
  methods: ['GET'],
  authLevel: 'function',
  handler: answering(async (request) => {
    const kind = request.params['kind'] ?? '';
    if (!Object.hasOwn(catalogs, kind)) {
      throw new TrailhoundError('not-found', 'there is no such catalogue', { hint: Object.keys(catalogs).join(', ') });
    }
    return { jsonBody: { [kind]: catalogs[kind as CatalogKind]() } };
  }),
});
