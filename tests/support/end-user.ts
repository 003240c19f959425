/** What the end user decides on the sandbox's consent page. */
export type Decision = 'allow' | 'deny' | 'expire';

/**
 * Goes through the sandbox's pages as a browser would, from the link to the decision. Returns where that leads, which
 * is not opened; `undefined` where the link expired.
 */
export async function walkThrough(link: string | URL, decision: Decision): Promise<string | undefined> {
  const page = await fetch(link);
  if (page.status !== 200) throw new Error(`The link leads to HTTP ${page.status}`);
  const number = (await page.text()).includes('Aadhaar number') ? '0000 0000 0000' : '00000 00000';
  await submit(page.url, { number, otp: '000000' });
  const end = await submit(page.url, { decision });
  return decision === 'expire' ? undefined : (end.headers.get('location') ?? undefined);
}

/** Goes through the sandbox's pages, and on to where the decision leads: the page there. */
export async function comeBack(link: string | URL, decision: Decision): Promise<string> {
  const wayBack = await walkThrough(link, decision);
  if (wayBack === undefined) throw new Error('The sandbox leads nowhere');
  return (await fetch(wayBack)).text();
}

async function submit(url: string, form: Record<string, string>): Promise<Response> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });
  if (response.status !== 303) throw new Error(`The form was answered with HTTP ${response.status}`);
  return response;
}
