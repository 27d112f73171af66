import { describe, expect, it } from 'vitest';
import { progressLines, stepProgress } from '../../cli/step-progress.ts';
import { testTerminal } from './terminal.ts';

describe('step progress', () => {
  it('writes a plain line for each change where nobody watches', () => {
    const terminal = testTerminal();
    const progress = stepProgress(terminal, 'host-triage', ['processes', 'decoded']);
    progress.show('plan', {});
    progress.show('steps', { processes: 'running' });
    progress.show('steps', { processes: 'running' });
    progress.show('steps', { processes: 'succeeded', decoded: 'running' });
    progress.show('report', { processes: 'succeeded', decoded: 'failed' });
    progress.end();
    expect(terminal.err().split('\n')).toEqual([
      'host-triage: plan',
      'host-triage: processes running',
      'host-triage: processes succeeded',
      'host-triage: decoded running',
      'host-triage: decoded failed',
      'host-triage: report',
      '',
    ]);
    expect(terminal.out()).toBe('');
  });

  it('draws all steps of the plan, those that wait included', () => {
    const states = { processes: 'succeeded', decoded: 'running', iocs: 'failed' };
    const steps = ['processes', 'decoded', 'iocs', 'picture'];
    const frame = {
      title: 'host-triage',
      steps,
      phase: 'steps',
      states,
      seconds: 65,
      frame: 0,
      colour: false,
      height: 24,
    };
    expect(progressLines(frame)).toEqual([
      'host-triage  ━━━━━━━━━━━━────────────  2/4  01:05  steps',
      '  ✓ processes',
      '  ⠋ decoded',
      '  ✗ iocs',
      '  · picture',
    ]);
  });

  it('fits into a low terminal: what runs or failed stays, the rest is counted', () => {
    const steps = Array.from({ length: 30 }, (_, index) => `step${index}`);
    const states = { step0: 'succeeded', step1: 'failed', step29: 'running' };
    const lines = progressLines({
      title: 't',
      steps,
      phase: 'steps',
      states,
      seconds: 0,
      frame: 0,
      colour: false,
      height: 8,
    });
    expect(lines).toHaveLength(7);
    expect(lines).toEqual(expect.arrayContaining(['  ✗ step1', '  ⠋ step29', '  … and 25 more']));
  });

  it('removes what it drew on a live terminal, and shows the cursor again', () => {
    const terminal = testTerminal({ isLive: true });
    const progress = stepProgress(terminal, 'host-triage', ['processes'], () => 0);
    progress.show('steps', { processes: 'running' });
    progress.end();
    expect(terminal.err().endsWith('\x1b[2A\x1b[0J\x1b[?25h')).toBe(true);
  });
});
