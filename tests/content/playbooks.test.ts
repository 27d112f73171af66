import { describe, expect, it } from 'vitest';
import { listHunts, listPlaybooks, loadPlaybook, planPlaybook } from '../../lib/playbooks/index.ts';

describe('the playbooks that come with the app', () => {
  it.each(listPlaybooks().map((playbook) => [playbook.name, playbook] as const))('%s can be planned', (_, playbook) => {
    const inputs = Object.fromEntries(
      Object.entries(playbook.inputs).flatMap(([name, input]) =>
        input.default === undefined ? [] : [[name, input.default]],
      ),
    );
    const plan = planPlaybook(playbook, inputs);
    expect(plan.waves.flat().sort()).toEqual(Object.keys(playbook.steps).sort());
  });

  it('are what the hunts run', () => {
    for (const hunt of listHunts()) expect(loadPlaybook(hunt.playbook).name).toBe(hunt.playbook);
  });
});

it('host-triage narrows to a host only where one is given', () => {
  const playbook = loadPlaybook('host-triage');
  const where = (inputs: Record<string, unknown>) =>
    planPlaybook(playbook, { provider: 'local', ...inputs }).steps['processes']!.parameters['where'];
  expect(where({})).toEqual({});
  expect(where({ host: 'ws03' })).toEqual({ Computer: 'ws03' });
});
