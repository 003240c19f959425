/** How large an answer with documents may be: 32 MiB. Source: Decentro publishes no limit; this one is ours. */
export const MAX_DOCUMENT_ANSWER_BYTES = 32 * 1024 * 1024;
