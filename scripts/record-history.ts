/**
 * `node scripts/record-history.ts FOLDER ID OUT`: writes what the orchestrator of a finished instance was last called
 * with, and what it answered, from the state folder of the embedded host. The replay tests hold the code against it.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventType } from '../local/durable/history.ts';
import { openStore } from '../local/durable/open-store.ts';
import { PayloadWriter } from '../local/durable/payload.ts';

const [folder, id, out] = process.argv.slice(2);
if (!folder || !id || !out) {
  console.error('usage: node scripts/record-history.ts FOLDER ID OUT');
  process.exit(2);
}
const store = openStore(join(folder, 'durable.sqlite'));
const row = store.getInstance(id);
if (!row) throw new Error(`there is no instance ${id}`);
const history = store.getHistory(id).filter((event) => event.EventType !== EventType.ExecutionCompleted);
const payload = JSON.parse(new PayloadWriter().write(row, [], history)) as unknown;
const recorded = {
  name: row.name,
  instanceId: id,
  payload,
  output: row.output === null ? null : (JSON.parse(row.output) as unknown),
};
writeFileSync(out, `${JSON.stringify(recorded, null, 1)}\n`);
store.close();
