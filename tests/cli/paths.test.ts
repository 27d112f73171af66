import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { existingPath, outputPath, writeOutputFile } from '../../cli/paths.ts';

const here = { cwd: tmpdir() };

describe('paths of the command line', () => {
  it('are those of the folder that the user is in', () => {
    expect(existingPath('.', here)).toBe(tmpdir());
    expect(outputPath('document.json', here)).toBe(join(tmpdir(), 'document.json'));
  });

  it('that are not there are told before the work', async () => {
    expect(() => existingPath('no-such-file', here)).toThrow('there is no file or folder no-such-file');
    expect(() => outputPath('no-such-folder/a.json', here)).toThrow('there is no folder no-such-folder');
    await expect(writeOutputFile(tmpdir(), '')).rejects.toMatchObject({ code: 'unavailable' });
  });
});
