import { expect } from '@jest/globals';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Failure } from '../../../src/failure/failure.js';
import { loadConfigFiles } from '../../../src/settings/config-file.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { createFakeHost, writeFiles } from '../../support/fake-host.js';

export type Surroundings = Parameters<typeof loadConfigFiles>[0];

export interface Place extends Surroundings {
  readonly root: string;
}

/** A home with a project `repo/app` in it. */
export function createPlace(files: Readonly<Record<string, string>> = {}, cwd = 'repo/app'): Place {
  const root = temporaryDirectory();
  writeFiles(root, files);
  mkdirSync(path.join(root, cwd), { recursive: true });
  const { env, platform, userId } = createFakeHost();
  return { root, cwd: path.join(root, cwd), homeFolder: root, accountHome: undefined, env, platform, userId };
}

export async function found(place: Place, named?: string): Promise<[string, string][]> {
  const { files } = await loadConfigFiles(place, named);
  return files.map(({ role, path: file }) => [role, path.relative(place.root, file)]);
}

export async function refusal(
  place: Place,
  named?: string,
): Promise<Pick<Failure, 'kind' | 'message' | 'hint'>> {
  const error: unknown = await loadConfigFiles(place, named).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'Failure', kind: 'config' });
  const { kind, message, hint } = error as Failure;
  return {
    kind,
    message: message.replaceAll(place.root, '~'),
    hint: hint?.replaceAll(place.root, '~') ?? null,
  };
}
