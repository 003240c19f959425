import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { CANARIES } from './canaries.js';

export const INIT = ['config', 'init'] as const;
export const ID = ['--client-id', CANARIES.clientId] as const;
export const REFERENCE = ['--client-secret-ref', 'env:DECENTRO_STAGING_SECRET'] as const;
export const isPosix = process.platform !== 'win32';

/** A file that somebody wrote by hand. */
export const EXISTING = `# ours
environment: staging
environments:
  staging:
    clientId: old-id   # of the dashboard
    clientSecret: env:DECENTRO_OLD
    moduleSecret: env:DECENTRO_OLD_MODULE
  gateway: { baseUrl: 'https://gateway.example' }
`;

export function readConfig(folder: string, name = '.decentrorc'): string {
  return readFileSync(path.join(folder, name), 'utf8');
}

export function modeOf(file: string): number {
  return statSync(file).mode & 0o777;
}
