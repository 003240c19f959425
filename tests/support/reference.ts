import { CONFIG_KEYS } from '../../src/settings/config-schema.js';
import { EXIT_CODES } from '../../src/failure/exit-codes.js';
import type { CommandOutline, FlagOutline } from '../../src/commands/completion/outline.js';
import { OUTPUT_FORMS } from '../../src/output/format.js';
import { RESPONSE_KEYS } from '../../src/api/response-keys.js';
import { SETTINGS, VARIABLES } from '../../src/settings/setting-tables.js';

type Row = readonly (string | undefined)[];

/** The reference page, in Markdown. `documents` has the keys of each JSON document by the name of its schema. */
export function renderReference(
  program: CommandOutline,
  documents: ReadonlyMap<string, readonly string[]>,
): string {
  return `${[
    '# Reference',
    '`npm run docs` writes this page from the program itself; a test keeps the two equal.',
    '## Commands',
    ...commandSections(program, []),
    '## Exit codes',
    table(
      ['Code', 'Kind', 'When', 'Session created?', 'What to do'],
      EXIT_CODES.map(({ code, kind, meaning, session, remedy }) => [
        String(code),
        kind === null ? '–' : codeOf(kind),
        meaning,
        session,
        remedy,
      ]),
    ),
    '## Environment variables',
    table(
      ['Variable', 'Meaning'],
      VARIABLES.map(([name, meaning]) => [codeOf(name), meaning]),
    ),
    '## Settings',
    table(
      ['Setting', 'Flags', 'Variable', 'Key of a config file', 'Note'],
      SETTINGS.map(({ name, flags, variable, key, note }) => [
        name,
        flags.map(codeOf).join(', '),
        variable && codeOf(variable),
        key && codeOf(key),
        note,
      ]),
    ),
    `All keys of a config file, \`NAME\` being the name of an environment: ${CONFIG_KEYS.map(codeOf).join(', ')}.`,
    '## Response keys',
    table(
      ['Key', 'What happened', 'Whose move', 'What to do', 'Retry'],
      Object.entries(RESPONSE_KEYS).map(([key, { meaning, move, remedy, canRetry }]) => [
        codeOf(key),
        meaning,
        move ?? undefined,
        remedy,
        canRetry ? 'may help' : 'no',
      ]),
    ),
    '## Output forms',
    table(
      ['Flag', 'What it prints'],
      OUTPUT_FORMS.map(([flags, meaning]) => [flags.map(codeOf).join(', '), meaning]),
    ),
    '## JSON documents',
    table(
      ['Schema', 'Keys'],
      [...documents].map(([schema, keys]) => [codeOf(schema), keys.map(codeOf).join(', ')]),
    ),
  ].join('\n\n')}\n`;
}

function commandSections(command: CommandOutline, above: readonly string[]): string[] {
  const names = [...above, command.name];
  const groups = [...new Set(command.flags.map(({ group }) => group))];
  return [
    `### ${names.join(' ')}`,
    command.summary.replace(/\.?$/, '.'),
    fenced('text', command.usage),
    ...(command.arguments.length === 0
      ? []
      : [
          table(
            ['Argument', 'Meaning', 'Choices'],
            command.arguments.map(({ name, summary, choices }) => [
              codeOf(name),
              summary,
              choices.map(codeOf).join(', '),
            ]),
          ),
        ]),
    ...groups.flatMap((group) => [
      `**${group}**`,
      flagTable(command.flags.filter((flag) => flag.group === group)),
    ]),
    ...(command.notes === '' ? [] : [fenced('text', command.notes)]),
    ...(command.examples === '' ? [] : [fenced('sh', command.examples.replaceAll(/^ {2}/gm, ''))]),
    ...command.commands.flatMap((inner) => commandSections(inner, names)),
  ];
}

function flagTable(flags: readonly FlagOutline[]): string {
  return table(
    ['Flag', 'Meaning', 'Choices', 'Default'],
    flags.map(({ declaration, summary, choices, fallback }) => [
      codeOf(declaration),
      summary,
      choices.map(codeOf).join(', '),
      fallback,
    ]),
  );
}

function table(head: Row, rows: readonly Row[]): string {
  const isUsed = head.map((_title, index) => rows.some((row) => (row[index] ?? '') !== ''));
  const line = (row: Row) =>
    `| ${row
      .filter((_cell, index) => isUsed[index])
      .map((cell = '') => (cell === '' ? '–' : cell.replaceAll('|', '\\|')))
      .join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

function codeOf(text: string): string {
  return `\`${text}\``;
}

/** The keys of a JSON document with what is below them; what `raw` holds is Decentro's. */
export function keysOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => keysOf(item, `${path}[]`));
  if (typeof value !== 'object' || value === null || path === 'raw') return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const name = path === '' ? key : `${path}.${key}`;
    return [name, ...keysOf(inner, name)];
  });
}
