import * as df from 'durable-functions';
import { investigate } from '../orchestrations/investigate.ts';
import { names } from '../orchestrations/limits.ts';
import { runStep } from '../orchestrations/run-step.ts';

df.app.orchestration(names.investigate, investigate);
df.app.orchestration(names.runStep, runStep);
