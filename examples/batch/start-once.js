// What a worker of a job queue does for one customer: at most one session, however often the queue hands the job out.
const { deriveReferenceId, Failure } = require('digilocker-cli');

/**
 * Starts the session of one customer, and returns what `table` has of it. `client` is of `createClient`. `table` is a
 * table of your database with the reference ID as its primary key: `insert` resolves to `false` where the key exists
 * already, and all of it is durable when it resolves.
 */
async function startOnce({ client, table, environment, batch }, { customer, consentPurpose, redirectUrl }) {
  const referenceId = deriveReferenceId({ environment, batch, key: customer, attempt: 1 });
  // Before the request: where this process ends in the middle of it, the row says that it may have arrived.
  if (!(await table.insert({ referenceId, customer, end: 'unknown' }))) return table.find(referenceId);
  try {
    const session = await client.initiateSession({ consent: true, consentPurpose, redirectUrl, referenceId });
    const { decentroTxnId, authorizationUrl } = session;
    await table.update({ referenceId, end: 'created', decentroTxnId, authorizationUrl });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { effect, responseKey } = error.details;
    // Nothing left this machine: the next delivery of the job may send it.
    if (error.kind === 'network') await table.remove(referenceId);
    else if (effect === 'no') await table.update({ referenceId, end: 'refused', responseKey });
    throw error;
  }
  return table.find(referenceId);
}

module.exports = { startOnce };
