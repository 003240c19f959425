import type { ConfigFile } from './config-file.js';
import { Failure } from '../failure/failure.js';
import { wrongValue, type Setting } from './setting.js';
import { addressInsteadOfName, hostFault, parseAllowedHost } from '../safety/trust.js';

/** The hosts that `--allow-host` and the user file allow. Fails with `usage` or `config` where one is not a host. */
export function parseAllowedHosts(flags: readonly string[], files: readonly ConfigFile[]): Setting<string>[] {
  const settings: Setting<string>[] = [
    ...flags.map((value) => ({ value, origin: { kind: 'flag', label: '--allow-host' } as const })),
    ...files.flatMap(({ path, config }) =>
      (config.allowHosts ?? []).map((value) => ({
        value,
        origin: { kind: 'file', label: `${path} (allowHosts)` } as const,
      })),
    ),
  ];
  return settings.map(({ value, origin }) => {
    const host = parseAllowedHost(value);
    if (host === undefined)
      throw wrongValue(origin, 'must be a host name or address, such as gateway.example or 127.0.0.1:8080');
    return { value: host, origin };
  });
}

/** Fails with `config` where the credentials of an environment may not leave for a host. */
export function checkHost(url: URL, environment: string, allowed: readonly Setting<string>[]): void {
  const hosts = allowed.map(({ value }) => value);
  const refusal = hostFault(url, environment, hosts);
  if (refusal === undefined) return;
  const place = addressInsteadOfName(url) ?? url;
  const wouldHelp = hostFault(place, environment, [place.hostname]) === undefined;
  throw new Failure('config', `${refusal}.`, {
    hint: wouldHelp
      ? `To allow it, name it: --allow-host ${place.host}, or allowHosts in the user file.`
      : undefined,
  });
}
