// What an application does with DigiLocker: it sends the end user there, and reads what comes back.
const { Failure, initiateSession, parseCallback } = require('digilocker-cli');

/**
 * Starts a session for an end user who agreed. `decentro` holds `environment` and `credentials` or, in a test, the
 * `baseUrl` of a sandbox. Keep the transaction ID with the end user's own session, and send the browser to the link.
 */
async function startKyc(decentro, redirectUrl) {
  const { decentroTxnId, authorizationUrl } = await initiateSession(
    { consent: true, consentPurpose: 'KYC for opening a bank account', redirectUrl },
    decentro,
  );
  return { decentroTxnId, authorizationUrl };
}

/** Reads the request that brought the end user back: whether they completed the session. */
function finishKyc(requestUrl, decentroTxnId) {
  try {
    parseCallback(requestUrl, { state: decentroTxnId });
    return true;
  } catch (error) {
    if (error instanceof Failure && error.kind === 'declined') return false;
    throw error;
  }
}

module.exports = { startKyc, finishKyc };
