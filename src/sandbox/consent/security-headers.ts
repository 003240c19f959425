import { STYLE_SOURCE } from './pages/style.js';

/** What `form-action` allows: no form, the sandbox's own, or one that ends at the client. */
export const FORM_ACTIONS = {
  none: "'none'",
  own: "'self'",
  // Chromium holds every redirect after a form against form-action, and a client's redirect URL may itself
  // forward to anywhere. Naming its origin alone would let the code through and stop the user there. It
  // would also have to be put into words that CSP has not got for [::1].
  client: "'self' http: https:",
} as const;

/** The Content-Security-Policy of a page: its own style, its own forms, nothing else. */
export function contentSecurityPolicy(forms: keyof typeof FORM_ACTIONS): string {
  return [
    "default-src 'none'",
    `style-src ${STYLE_SOURCE}`,
    // The icon of the pages.
    'img-src data:',
    "base-uri 'none'",
    `form-action ${FORM_ACTIONS[forms]}`,
    "frame-ancestors 'none'",
  ].join('; ');
}

/** The headers of every answer; a page with a form replaces the policy. */
export const SECURITY_HEADERS = new Map([
  ['Cache-Control', 'no-store'],
  ['Content-Security-Policy', contentSecurityPolicy('none')],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Referrer-Policy', 'no-referrer'],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
]);
