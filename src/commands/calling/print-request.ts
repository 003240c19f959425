// Shows a request instead of sending it: the names of variables replace the secrets.
import { buildRequest, maskedJson, type Endpoint } from '../../api/endpoint.js';
import { resolveConnection } from '../../api/http/connection.js';
import type { HttpRequest } from '../../api/http/exchange.js';
import { quotedForShell } from '../../safety/shell.js';
import { jsonText } from '../../safety/visible.js';
import type { Caller } from './caller.js';
import type { Inputs } from './inputs.js';
import type { RequestForm } from './request-forms.js';
import { STANDALONE_SANDBOX_URL } from './target.js';

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
  // The sandbox's credentials are public; others are shown as variables, of which it only matters which there are.
  const isSandbox = profile.environment.value === 'sandbox';
  const { moduleSecret = profile.commands.moduleSecret && '-' } = credentials;
  const headers = isSandbox ? credentials : { clientId: '-', clientSecret: '-', moduleSecret };
  const request = buildRequest(endpoint, params, referenceId, baseUrl, headers);
  const body = request.body && maskedJson(request.body, endpoint.personal ?? []);
  await host.stdout.write(
    renderRequest(form, { ...request, body }, isSandbox ? undefined : VARIABLES, flags.caFile),
  );
}

type Variables = Readonly<Record<string, string>>;

/** The variables that stand for the values of headers. */
export const VARIABLES: Variables = {
  client_id: 'DECENTRO_CLIENT_ID',
  client_secret: 'DECENTRO_CLIENT_SECRET',
  module_secret: 'DECENTRO_MODULE_SECRET',
};

const SANDBOX_NOTE = 'Start the sandbox first: digilocker sandbox';

/**
 * Writes a request in one of the forms. curl trusts the CA file, if there is one. Without variables it is one for the
 * sandbox, and says that the sandbox has to run.
 */
export function renderRequest(
  form: RequestForm,
  request: HttpRequest,
  variables: Variables | undefined,
  caFile?: string,
): string {
  const names = variables ?? {};
  const comment = variables === undefined ? `# ${SANDBOX_NOTE}\n` : '';
  switch (form) {
    case 'curl':
      return comment + renderCurl(request, names, caFile);
    case 'curl-flags':
      return renderCurlFlags(request, names, comment, caFile);
    case 'http':
      return comment + renderHttp(request, names);
    case 'json':
      return renderJson(request, names, variables === undefined);
  }
}

// curl reads the headers from a here-document, so that no secret becomes an argument, which every process can see.
// A variable that is not set ends the command.
function renderCurl(
  { method, url, headers, body }: HttpRequest,
  variables: Variables,
  caFile?: string,
): string {
  const fill = (variable: string) => `\${${variable}:?}`;
  return [
    `curl -X ${method} ${quotedForShell(url.href)} \\`,
    ...(caFile === undefined ? [] : [`  --cacert ${quotedForShell(caFile)} \\`]),
    ...(body === undefined
      ? ['  -H @- <<END_OF_HEADERS']
      : ['  -H @- \\', `  --data-raw ${quotedForShell(bodyText(body))} <<END_OF_HEADERS`]),
    ...headerLines(headers, variables, fill),
    'END_OF_HEADERS',
    '',
  ].join('\n');
}

// What Postman imports; it has variables of its own for the names.
function renderCurlFlags(
  { method, url, headers, body }: HttpRequest,
  variables: Variables,
  comment: string,
  caFile?: string,
): string {
  const lines = headerLines(headers, variables, (variable) => `$${variable}`);
  const flags = [
    ...(caFile === undefined ? [] : [`--cacert ${quotedForShell(caFile)}`]),
    ...lines.map((line) => `-H ${quotedForShell(line)}`),
    ...(body === undefined ? [] : [`--data-raw ${quotedForShell(bodyText(body))}`]),
  ];
  return [
    '# For import into Postman: a shell does not fill in the $NAMEs. To run the request, use --print curl.',
    ...(comment === '' ? [] : [comment.trimEnd()]),
    [`curl -X ${method} ${quotedForShell(url.href)}`, ...flags.map((flag) => `  ${flag}`)].join(' \\\n'),
    '',
  ].join('\n');
}

/** As HTTP/1.1 has it, which the HTTP clients of editors read. */
function renderHttp({ method, url, headers, body }: HttpRequest, variables: Variables): string {
  return [
    `${method} ${url.href} HTTP/1.1`,
    `Host: ${url.host}`,
    ...headerLines(headers, variables, (variable) => `\${${variable}}`),
    '',
    ...(body === undefined ? [] : [bodyText(body)]),
    '',
  ].join('\n');
}

function renderJson(
  { method, url, headers, body }: HttpRequest,
  variables: Variables,
  isSandbox: boolean,
): string {
  const shown = Object.entries(headers).map(([name, value]) => {
    const { [name]: variable } = variables;
    return [name, variable === undefined ? value : `\${${variable}}`];
  });
  const document = {
    method,
    url: url.href,
    headers: Object.fromEntries(shown) as unknown,
    ...(body !== undefined && { body: JSON.parse(body) as unknown }),
    ...(isSandbox && { note: SANDBOX_NOTE }),
  };
  return `${jsonText(document)}\n`;
}

function headerLines(
  headers: HttpRequest['headers'],
  variables: Variables,
  fill: (variable: string) => string,
): string[] {
  return Object.entries(headers).map(([name, value]) => {
    const { [name]: variable } = variables;
    return `${name}: ${variable === undefined ? value : fill(variable)}`;
  });
}

function bodyText(body: string): string {
  return jsonText(JSON.parse(body), 0);
}
