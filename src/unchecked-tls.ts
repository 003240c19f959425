import { Failure } from './failure/failure.js';
import type { Host } from './host/host.js';

/** Fails with `config` where credentials would leave over TLS that anybody may answer. */
export function refuseUncheckedTls({ env }: Pick<Host, 'env'>): void {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return;
  throw new Failure('config', 'NODE_TLS_REJECT_UNAUTHORIZED=0 would send credentials to whoever answers.', {
    hint: 'Unset it. For a CA of your own, let --ca-file or NODE_EXTRA_CA_CERTS name the file with its certificate.',
  });
}
