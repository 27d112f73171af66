import { describe, expect, it } from 'vitest';
import { planPlaybook, playbookSchema, readYaml, resolveInputs } from '../../../lib/playbooks/index.ts';

const read = (text: string) => readYaml(text, 'sample.yaml', playbookSchema);

const PLAYBOOK = `
name: sample
inputs:
  host: { type: host }
  hosts: { type: 'host[]' }
  extra: { type: table }
steps:
  processes: { verb: query.run, with: { table: ProcessCreation, where: { Computer: $inputs.host, Role: [server, $inputs.hosts] } } }
  others: { verb: query.run, optional: true, with: { table: Logon } }
`;

describe('a playbook', () => {
  it('becomes waves of steps with the inputs in their places', () => {
    const playbook = read(PLAYBOOK);
    const plan = planPlaybook(playbook, resolveInputs(playbook, { host: 'ws-17', hosts: 'a,b' }));
    expect(plan.waves).toEqual([['processes', 'others']]);
    expect(plan.steps['processes']?.parameters).toEqual({
      table: 'ProcessCreation',
      where: { Computer: 'ws-17', Role: ['server', 'a', 'b'] },
    });
  });

  it('drops conditions whose input was not given', () => {
    const plan = planPlaybook(read(PLAYBOOK), {});
    expect(plan.steps['processes']?.parameters['where']).toEqual({ Role: ['server'] });
  });

  it('is refused with every problem, each at its line', () => {
    const text = 'name: sample\nsteps:\n  Bad: { verb: query.run }\n  ok: { verb: 7, form: x }\n';
    expect(() => read(text)).toThrowError(/sample\.yaml:3:.*\n.*sample\.yaml:4:/s);
  });

  it('is refused for unknown verbs, parameters, references and circles', () => {
    const plan = (steps: string) => () => planPlaybook(read(`name: sample\nsteps:\n${steps}`), {});
    expect(plan('  a: { verb: query.rum }\n')).toThrowError(/no verb "query.rum".*query\.run/s);
    expect(plan('  a: { verb: query.run, with: { tabel: X } }\n')).toThrowError(/steps\.a: with/);
    expect(plan('  a: { verb: query.run, from: b, with: { table: X } }\n')).toThrowError(/no step "b"/);
    expect(plan('  a: { verb: query.run, with: { table: $inputs.nothing } }\n')).toThrowError(/no input "nothing"/);
  });

  it('refuses aliases that multiply', () => {
    const bomb = `a: &a [${'x,'.repeat(50)}x]\nb: &b [${'*a,'.repeat(40)}*a]\nc: [${'*b,'.repeat(40)}*b]\n`;
    expect(() => read(bomb)).toThrow();
  });
});

describe('inputs', () => {
  it('are checked together: unknown, missing and wrong ones are all listed with an example', () => {
    const playbook = read(
      'name: sample\ninputs:\n  host: { type: host, required: true }\n  count: { type: long }\nsteps:\n  a: { verb: query.run, with: { table: X } }\n',
    );
    try {
      resolveInputs(playbook, { cuont: 3, count: 'many' });
      expect.unreachable();
    } catch (error) {
      expect((error as { problems: { field: string }[] }).problems.map(({ field }) => field)).toEqual([
        'inputs.cuont',
        'inputs.host',
        'inputs.count',
      ]);
    }
  });

  it('do not come from the prototype of objects', () => {
    const playbook = read(
      'name: sample\ninputs:\n  constructor: { type: string }\nsteps:\n  a: { verb: query.run, with: { table: X } }\n',
    );
    expect(resolveInputs(playbook, {})).toEqual({});
  });
});
