/** How a request is shown instead of being sent. */
export const REQUEST_FORMS = ['curl', 'curl-flags', 'http', 'json'] as const;

export type RequestForm = (typeof REQUEST_FORMS)[number];
