// The flags of init-session, and which of them go together.
import { Option, type Command } from 'commander';
import { PARAMETER_NAMES, SESSION_NAMES } from '../../api/endpoints/initiate-session.js';
import type { Suite } from '../../api/suite.js';
import { Failure } from '../../failure/failure.js';
import type { Setting } from '../../settings/setting.js';
import type { OutputChoice, OutputFlags } from '../../output/format.js';
import { collectParam } from '../calling/param.js';
import { REQUEST_FORMS, type RequestForm } from '../calling/request-forms.js';
import { addSsoFlags, checkSuiteFlags } from '../calling/suite-flags.js';
import { checkField } from '../../output/scripted.js';
import { SESSION_SHAPE } from './session-report.js';
import type { CallerFlags } from '../calling/caller.js';
import type { RoundTripFlags } from './finish.js';
import {
  addCallFlags,
  addConnectionFlags,
  addOutputFlags,
  addParameterFlags,
  addProfileFlags,
  addVerboseFlag,
  parseDuration,
  parseListenAddress,
  repeatable,
} from '../flags.js';

export interface SessionFlags extends CallerFlags, OutputFlags, RoundTripFlags {
  readonly referenceId?: string;
  readonly consent?: boolean;
  readonly param?: Readonly<Record<string, unknown>>;
  readonly print?: RequestForm;
  readonly validate: boolean;
  readonly documentsForConsent?: readonly string[];
}

/** Declares them, in the groups of `--help`. */
export function addSessionFlags(command: Command): Command {
  command
    .optionsGroup('Parameters of the session:')
    .option('--reference-id <id>', 'your own unique ID of this request (default: a generated one)');
  addParameterFlags(command, [
    'consent',
    'consentPurpose',
    'redirectUrl',
    'redirectToSignup',
    'abstractAccessToken',
    'suite',
  ]);
  addSsoFlags(command)
    .addOption(repeatable('--param <key=text>', 'any other parameter; key:=json for JSON', collectParam))
    .optionsGroup('The round trip:');
  addParameterFlags(command, ['open'])
    .option(
      '--wait [duration]',
      'catch the redirect and report the DigiLocker code (default: 10m)',
      parseDuration,
    )
    .option('--listen <127.0.0.1:port>', 'where to catch it (default: a free port)', parseListenAddress)
    .addOption(
      new Option('--end-user <choice>', 'sandbox: what the end user answers, without a click').choices([
        'allow',
        'deny',
      ]),
    )
    .option('--qr', 'draw the link as a QR code, for the phone that gets the OTP')
    .optionsGroup('The request:')
    .addOption(new Option('--print <form>', 'show the request instead of sending it').choices(REQUEST_FORMS))
    .option('--no-validate', 'skip local checks and prompts; send the request as it is');
  addCallFlags(command, {
    timeout: 'time limit for the call, including retries',
    yes: 'do not ask before a request to production',
  });
  return addVerboseFlag(
    addOutputFlags(addConnectionFlags(addProfileFlags(command))),
    'show the exchange on standard error, without secrets',
  );
}

/** Fails with `usage` on flags that contradict each other, and on those without an effect. */
export function checkSessionFlags(flags: SessionFlags, { field, format }: OutputChoice): void {
  const { print, validate, param = {}, wait, listen, redirectUrl, endUser } = flags;
  checkField(SESSION_SHAPE, field);
  const isAmong = (...names: (keyof SessionFlags)[]) =>
    names.find((name) => flags[name] !== undefined && flags[name] !== false);
  const other = isAmong('field', 'output', 'json', 'wait', 'listen', 'open', 'qr', 'endUser');
  if (print !== undefined && other !== undefined && !(other === 'output' && format === 'human')) {
    throw new Failure('usage', `--print ${print} cannot be combined with ${flagOf(other)}.`);
  }
  const known = PARAMETER_NAMES.filter((name) => Object.hasOwn(param, name));
  if (validate && known.length > 0) {
    throw ownFlagFailure(known);
  }
  if (listen !== undefined && wait === undefined) throw new Failure('usage', '--listen requires --wait.');
  if (endUser !== undefined && wait === undefined) throw new Failure('usage', '--end-user requires --wait.');
  if (wait !== undefined && redirectUrl !== undefined && listen === undefined) {
    throw new Failure('usage', '--wait with a --redirect-url of your own needs --listen.', {
      hint: 'Give the address that your app forwards the redirect to, such as --listen 127.0.0.1:8123, or leave --redirect-url out.',
    });
  }
}

/** Fails with `usage` on flags that mean nothing in the suite in use. */
export function checkSuite(flags: SessionFlags, suite: Setting<Suite>): void {
  checkSuiteFlags(flags, suite);
  const named = SESSION_NAMES[suite.value].filter((name) => Object.hasOwn(flags.param ?? {}, name));
  if (!flags.validate || named.length === 0) return;
  throw ownFlagFailure(named);
}

function ownFlagFailure(names: readonly string[]): Failure {
  return new Failure(
    'usage',
    `--param is for parameters without a flag of their own, and not for ${names.join(', ')}.`,
    { hint: 'Use their own flags, or add --no-validate.' },
  );
}

/** The user's own reference ID: that of `--param`, which `--no-validate` allows, is what the request carries. */
export function givenReferenceId({ referenceId, param = {} }: SessionFlags): string | undefined {
  const { reference_id: named } = param;
  if (named === undefined) return referenceId;
  return typeof named === 'string' ? named : JSON.stringify(named);
}

function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
