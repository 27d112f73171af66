import { app } from '@azure/functions';
import { homePage } from '../lib/report/home-page.ts';
import { answering } from './http.ts';

app.http('page', {
  route: 'page',
  methods: ['GET'],
  authLevel: 'function',
  handler: answering(async () => ({ body: homePage(), headers: { 'Content-Type': 'text/html; charset=utf-8' } })),
});
