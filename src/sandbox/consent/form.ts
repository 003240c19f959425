import type { Context } from 'hono';
import { readBody } from '../request-body.js';

const MAX_FORM_BYTES = 1024;

/** Why a form is refused, as an HTTP status. */
export type FormRefusal = 400 | 403 | 413 | 415;

/** Reads a form that one of the sandbox's own pages sent; `ownOrigin` is the sandbox's. */
export async function readForm(c: Context, ownOrigin: string): Promise<URLSearchParams | FormRefusal> {
  if (!isFromOwnPage(c, ownOrigin)) return 403;
  const type = c.req.header('Content-Type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') return 415;
  const arrival = await readBody(c.req.raw.body, MAX_FORM_BYTES);
  if (arrival === 'too-large') return 413;
  if (arrival === 'cut-short') return 400;
  return new URLSearchParams(new TextDecoder().decode(arrival.bytes));
}

function isFromOwnPage(c: Context, ownOrigin: string): boolean {
  const site = c.req.header('Sec-Fetch-Site');
  if (site !== undefined && site !== 'same-origin') return false;
  const origin = c.req.header('Origin');
  // A page with the policy no-referrer sends its own forms as "null" (Fetch, "append a request Origin
  // header"), and so does a sandboxed frame of a stranger. Sec-Fetch-Site, which no page can set, tells.
  return origin === undefined || origin === ownOrigin || (origin === 'null' && site === 'same-origin');
}
