import { app, type InvocationContext, type Timer } from '@azure/functions';
import * as df from 'durable-functions';
import { loadSettings } from '../lib/config/settings.ts';
import { type Hunt, huntSchema, listHunts } from '../lib/playbooks/index.ts';
import { tenantOf } from '../lib/providers/index.ts';
import { isoFromTicks, TICKS_PER_SECOND, ticksFromMs } from '../lib/tables/index.ts';
import { getRuntime } from './runtime.ts';
import { startInvestigation } from './start-investigation.ts';

/** Those that come with the app, and those of the settings; one of the same name takes its place. */
function configuredHunts(): Hunt[] {
  const hunts = new Map(listHunts().map((hunt) => [hunt.name, hunt]));
  for (const { enabled, ...hunt } of loadSettings({ env: process.env }).hunts) {
    if (enabled) hunts.set(hunt.name, huntSchema.parse(hunt));
    else hunts.delete(hunt.name);
  }
  return [...hunts.values()];
}

/**
 * Runs a hunt over the time since its last run. The end of that time is remembered after the start was accepted: a
 * crash between the two makes the next run cover it once more, and never leaves a gap.
 */
async function runHunt(hunt: Hunt, _timer: Timer, context: InvocationContext): Promise<void> {
  const runtime = await getRuntime();
  const nowInMs = Date.now();
  const end = ticksFromMs(nowInMs);
  const start =
    (await runtime.index.getHuntEnd(hunt.name)) ??
    end - BigInt(Math.round(hunt.firstLookbackInHours * 3600)) * TICKS_PER_SECOND;
  const stamp = new Date(nowInMs).toISOString().slice(0, 19).replace(/\D/g, '');
  const { id } = await startInvestigation(df.getClient(context), {
    id: `${hunt.name}-${stamp}`,
    playbook: hunt.playbook,
    inputs: hunt.inputs,
    tables: {},
    timeRange: { start: isoFromTicks(start), end: isoFromTicks(end) },
    now: isoFromTicks(end),
    workspace: hunt.workspace ?? null,
    tenant: tenantOf(runtime.settings(), hunt.workspace),
    dataPaths: runtime.dataPaths,
    trigger: { kind: 'hunt', hunt: hunt.name },
  });
  await runtime.index.setHuntEnd(hunt.name, end);
  context.log(`hunt ${hunt.name} started investigation ${id}`);
}

// A run of one investigation from the command line wants no schedule beside it.
if (process.env['TRAILHOUND_HUNTS'] !== 'off') {
  for (const hunt of configuredHunts()) {
    app.timer(`hunt-${hunt.name}`, {
      schedule: hunt.schedule,
      extraInputs: [df.input.durableClient()],
      handler: (timer: Timer, context: InvocationContext) => runHunt(hunt, timer, context),
    });
  }
}
