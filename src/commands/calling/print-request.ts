// Shows a request instead of sending it: the names of variables replace the secrets.
import { buildRequest, maskedJson, type Endpoint } from '../../api/endpoint.js';
import { resolveConnection } from '../../api/http/connection.js';
import type { HttpRequest } from '../../api/http/exchange.js';
import { quotedForShell } from '../../safety/shell.js';
import { jsonText } from '../../safety/visible.js';
import type { Caller } from './caller.js';
import type { Inputs } from './inputs.js';
import { STANDALONE_SANDBOX_URL } from './target.js';

export const REQUEST_FORMS = ['curl', 'json'] as const;

export type RequestForm = (typeof REQUEST_FORMS)[number];

/** Prints the request that a command would send. */
export async function printRequest<Params>(
  { host, flags, profile }: Pick<Caller, 'host' | 'flags' | 'profile'>,
  form: RequestForm,
  endpoint: Endpoint<Params, unknown>,
  { credentials, params }: Inputs<Params>,
  referenceId: string,
): Promise<void> {
  const baseUrl = profile.baseUrl?.value ?? new URL(STANDALONE_SANDBOX_URL);
  // The program that sends the request looks for a proxy itself, and may accept others.
  await resolveConnection({ env: {}, cwd: host.cwd }, flags, baseUrl);
  // The headers are shown as variables: it only matters which of them there are.
  const headers = {
    clientId: '-',
    clientSecret: '-',
    moduleSecret: credentials.moduleSecret ?? (profile.commands.moduleSecret && '-'),
  };
  const request = buildRequest(endpoint, params, referenceId, baseUrl, headers);
  const body = request.body && maskedJson(request.body, endpoint.personal ?? []);
  await host.stdout.write(renderRequest(form, { ...request, body }, flags.caFile));
}

const VARIABLES: Readonly<Record<string, string>> = {
  client_id: 'DECENTRO_CLIENT_ID',
  client_secret: 'DECENTRO_CLIENT_SECRET',
  module_secret: 'DECENTRO_MODULE_SECRET',
};

/** Writes a request as a curl command, which trusts the CA file if there is one, or as a JSON document. */
export function renderRequest(form: RequestForm, request: HttpRequest, caFile?: string): string {
  return form === 'curl' ? renderCurl(request, caFile) : renderJson(request);
}

// curl reads the headers from a here-document, so that no secret becomes an argument, which every process can see.
// A variable that is not set ends the command.
function renderCurl({ method, url, headers, body }: HttpRequest, caFile?: string): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${withVariable(name, value, ':?')}`);
  return [
    `curl -X ${method} ${quotedForShell(url.href)} \\`,
    ...(caFile === undefined ? [] : [`  --cacert ${quotedForShell(caFile)} \\`]),
    ...(body === undefined
      ? ['  -H @- <<END_OF_HEADERS']
      : ['  -H @- \\', `  --data-raw ${quotedForShell(jsonText(JSON.parse(body), 0))} <<END_OF_HEADERS`]),
    ...lines,
    'END_OF_HEADERS',
    '',
  ].join('\n');
}

function renderJson({ method, url, headers, body }: HttpRequest): string {
  const shown = Object.entries(headers).map(([name, value]) => [name, withVariable(name, value, '')]);
  const document = {
    method,
    url: url.href,
    headers: Object.fromEntries(shown) as unknown,
    ...(body !== undefined && { body: JSON.parse(body) as unknown }),
  };
  return `${jsonText(document)}\n`;
}

function withVariable(header: string, value: string, whenUnset: string): string {
  const variable = VARIABLES[header];
  return variable === undefined ? value : `\${${variable}${whenUnset}}`;
}
