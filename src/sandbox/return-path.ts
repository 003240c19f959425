/** The path of the page that stands in for an app: what the redirect brought, and the command that reads it. */
export const RETURN_PATH = '/app/return';
