import { expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Route } from '../../../../src/sandbox/routes/route.js';
import { CREDENTIALS, envelopeOf, start } from '../support.js';

const FOLDER = fileURLToPath(new URL('../../../../src/sandbox/routes/', import.meta.url));

/** What the files of the folder export as lists. */
async function routesOf(folder: string): Promise<Route[]> {
  const modules = readdirSync(folder).map(
    (name) => import(pathToFileURL(path.join(folder, name)).href) as Promise<object>,
  );
  return (await Promise.all(modules)).flatMap((module) =>
    Object.values(module)
      .filter((exported) => Array.isArray(exported))
      .flatMap((routes) => routes as Route[]),
  );
}

test('the sandbox serves each route of its folder', async () => {
  const { url } = await start();
  const routes = await routesOf(FOLDER);
  expect(routes.length).toBeGreaterThan(10);
  for (const { method, path: route } of routes) {
    const response = await fetch(url + route.replace(':id', 'ID'), { method, headers: CREDENTIALS });
    expect([route, (await envelopeOf(response)).responseKey]).not.toContain('error_invalid_endpoint');
  }
});
