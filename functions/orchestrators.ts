import * as df from 'durable-functions';
import { askService } from '../orchestrations/ask-service.ts';
import { lease } from '../orchestrations/entities/lease.ts';
import { investigate } from '../orchestrations/investigate.ts';
import { names } from '../orchestrations/limits.ts';
import { queryInChunks } from '../orchestrations/query-in-chunks.ts';
import { runStep } from '../orchestrations/run-step.ts';

df.app.orchestration(names.investigate, investigate);
df.app.orchestration(names.runStep, runStep);
df.app.orchestration(names.queryInChunks, queryInChunks);
df.app.orchestration(names.askService, askService);
df.app.entity(names.lease, lease);
