import { Argument, type Command } from 'commander';
import { EXIT_CODES, type ExitCode } from '../failure/exit-codes.js';
import { Failure } from '../failure/failure.js';
import type { Host } from '../host/host.js';
import { nearMisses } from '../failure/nearest.js';
import { deliver } from '../output/deliver.js';
import { plainFailure } from '../output/failure-report.js';
import { chooseOutput } from '../output/format.js';
import type { Block, Report } from '../output/report.js';
import { findResponseKey, RESPONSE_KEYS, type Move, type ResponseKey } from '../api/response-keys.js';
import { addJsonFlag, completedBy, type CommandModule } from './flags.js';

const SCHEMA = 'digilocker.explain/1';

const MOVES: Readonly<Record<Move, string>> = {
  caller: 'yours: fix the request',
  operator: 'yours: fix the account, the credentials or the network',
  decentro: "Decentro's: try again later, or ask its support",
};

export const explain: CommandModule = {
  declare: declareExplain,
  reportFailure: (failure) => plainFailure(SCHEMA, failure, { responseKeys: [], exitCodes: [] }),
};

function declareExplain(command: Command, host: Host): void {
  addJsonFlag(command)
    .addArgument(
      completedBy(
        new Argument('[key]', 'a response key, an exit code or its kind; without it, all of them'),
        () => [...Object.keys(RESPONSE_KEYS), ...EXIT_CODES.map(({ code }) => String(code))],
      ),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  digilocker explain error_duplicate_reference_id\n  digilocker explain 5\n  digilocker explain mismatch\n  digilocker explain --json',
    )
    .action(async (key: string | undefined, flags: { json?: boolean }) => {
      await deliver(host, key === undefined ? explainAll() : explainOne(key), chooseOutput(flags));
    });
}

function explainOne(asked: string): Report {
  const key = findResponseKey(asked);
  if (key !== undefined) {
    return {
      document: documentOf([keyEntry(asked, key)], []),
      blocks: [{ type: 'title', text: asked, tone: 'plain' }, keyFields(key)],
    };
  }
  const exits = EXIT_CODES.filter(({ code, kind }) => String(code) === asked || kind === asked);
  if (exits.length > 0) {
    return {
      document: documentOf([], exits),
      blocks: exits.flatMap((exit): Block[] => [
        { type: 'title', text: `Exit code ${exit.code}`, tone: 'plain' },
        exitFields(exit),
      ]),
    };
  }
  const near = nearMisses(asked, [
    ...Object.keys(RESPONSE_KEYS),
    ...EXIT_CODES.flatMap(({ code, kind }) => [String(code), kind ?? []].flat()),
  ]);
  throw new Failure('usage', `"${asked}" is neither a known response key nor an exit code.`, {
    hint:
      near.length > 0
        ? `Did you mean ${near.join(' or ')}?`
        : 'Decentro adds response keys without notice: its message, and its support, tell what a new one means.',
  });
}

function explainAll(): Report {
  const keys = Object.entries(RESPONSE_KEYS);
  const entries = keys.map(([name, key]) => keyEntry(name, key));
  const group = (text: string, move: Move | null): Block[] => [
    { type: 'title', text, tone: 'plain' },
    {
      type: 'fields',
      rows: keys
        .filter(([, key]) => key.move === move)
        .map(([name, { meaning, remedy }]) => [name, `${meaning} ${remedy}`] as const),
    },
  ];
  return {
    document: documentOf(entries, EXIT_CODES),
    blocks: [
      ...group('Success', null),
      ...group('The request has to change (exit code 5)', 'caller'),
      ...group('The account has to change (exit code 4)', 'operator'),
      ...group('Decentro has to recover (exit code 6)', 'decentro'),
      { type: 'title', text: 'Exit codes', tone: 'plain' },
      {
        type: 'fields',
        rows: EXIT_CODES.map(
          ({ code, kind, meaning }) => [String(code), `${kind ?? 'success'}: ${meaning}`] as const,
        ),
      },
    ],
  };
}

function documentOf(responseKeys: readonly unknown[], exitCodes: readonly unknown[]): Report['document'] {
  return { schema: SCHEMA, ok: true, responseKeys, exitCodes, error: null };
}

function keyEntry(
  responseKey: string,
  { meaning, move, remedy, canRetry }: ResponseKey,
): Record<string, unknown> {
  return { responseKey, meaning, move, remedy, retryable: canRetry };
}

function keyFields({ meaning, move, remedy, canRetry }: ResponseKey): Block {
  return {
    type: 'fields',
    rows: [
      ['Meaning', meaning],
      ['Whose move', move === null ? null : MOVES[move]],
      ['What to do', remedy],
      ['Retry', retryText(move, canRetry)],
    ],
  };
}

/** A success leaves nothing to retry. */
function retryText(move: Move | null, canRetry: boolean): string | null {
  if (move === null) return null;
  return canRetry ? 'may help, with a fresh reference ID' : 'does not help';
}

function exitFields({ kind, meaning, session, remedy }: ExitCode): Block {
  return {
    type: 'fields',
    rows: [
      ['Kind', kind],
      ['Meaning', meaning],
      ['Session created', session],
      ['Had an effect', `${session} (a call after a session)`],
      ['What to do', remedy],
    ],
  };
}
