import { describe, expect, test } from '@jest/globals';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { Failure } from '../../src/failure/failure.js';
import { answerWith, callTo, CONSENT } from '../support/calls.js';
import { temporaryDirectory } from '../support/cleanup.js';
import type { FakeHostOptions } from '../support/fake-host.js';
import { createRecorder, type Answer } from '../support/recorder.js';
import { credentials, runMain } from '../support/run-main.js';

const URN = 'in.gov.pan-PANCR-CANARY0000X';
// PANCR, and the first 8 digits of the SHA-256 of the URN.
const DEFAULT_NAME = 'PANCR-65cd2fae';
const PDF = '%PDF-1.4 canary';
const XML = '\ufeff\n <?xml version="1.0"?><a>canary</a>';
const JPEG = '\xff\xd8\xff\xe0 canary';
const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
const EAADHAAR = {
  proofOfIdentity: { name: 'Asha Canary' },
  image: base64(JPEG),
  pdf: base64(PDF),
  xml: Buffer.from(XML).toString('base64'),
};

/** Runs a command in a folder of its own against a server that gives this answer. */
async function call(
  args: readonly string[],
  answer: Answer | (() => Answer),
  { cwd = temporaryDirectory(), ...options }: FakeHostOptions = {},
) {
  const recorder = await createRecorder(answer);
  const run = await runMain(callTo(recorder.url, ...args), { env: credentials, cwd, ...options });
  const files = Object.fromEntries(
    readdirSync(cwd)
      .filter((name) => lstatSync(path.join(cwd, name)).isFile())
      .map((name) => [name, readFileSync(path.join(cwd, name), 'latin1')]),
  );
  return { ...run, cwd, files, requests: recorder.requests };
}

const eaadhaar = (args: readonly string[], data: object = EAADHAAR, options: FakeHostOptions = {}) =>
  call(['eaadhaar', 'TXN-1', ...args], answerWith(data), options);
const file = (args: readonly string[], content: unknown = base64(PDF), options: FakeHostOptions = {}) =>
  call(['file', 'TXN-1', URN, ...args], answerWith({ file: content }), options);

test('each document of an eAadhaar goes to its file, for its owner alone, and is named in files', async () => {
  const { code, document, files, cwd } = await eaadhaar([
    ...['--pdf', 'a.pdf', '--xml', 'a.xml', '--photo', 'a.jpg', '--json'],
  ]);
  expect(code).toBe(0);
  expect(files).toEqual({ 'a.pdf': PDF, 'a.xml': Buffer.from(XML).toString('latin1'), 'a.jpg': JPEG });
  for (const name of Object.keys(files)) expect(statSync(path.join(cwd, name)).mode & 0o777).toBe(0o600);
  expect(document).toMatchObject({
    data: { proofOfIdentity: { name: 'Asha Canary' }, pdf: null, xml: null, image: null },
    files: [
      { kind: 'pdf', path: 'a.pdf', bytes: PDF.length, type: 'pdf' },
      { kind: 'xml', path: 'a.xml', bytes: Buffer.from(XML).length, type: 'xml' },
      { kind: 'photo', path: 'a.jpg', bytes: JPEG.length, type: 'jpeg' },
    ],
  });
});

test.each([
  [[], {}],
  [['--pdf', 'a'], { generate_pdf: true }],
  [['--xml', 'a'], { generate_xml: true }],
  [['--photo', 'a'], {}],
  [['--pdf', 'a', '--xml', 'b'], { generate_pdf: true, generate_xml: true }],
])('%j asks for %j', async (flags, asked) => {
  const { requests } = await eaadhaar([...flags, '--reference-id', 'ref-1']);
  expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
    reference_id: 'ref-1',
    consent: true,
    consent_purpose: CONSENT[2],
    initial_decentro_transaction_id: 'TXN-1',
    ...asked,
  });
});

test('a document that no flag asks for stays in the data, and out of what people read', async () => {
  const json = await eaadhaar(['--json']);
  expect(json.document).toMatchObject({ data: { image: EAADHAAR.image }, files: [] });
  const human = await eaadhaar([]);
  expect(human.stdout).not.toContain(EAADHAAR.image);
  expect([json.files, human.files]).toEqual([{}, {}]);
});

describe('the name of a file', () => {
  test.each([
    ['pdf', PDF, '.pdf'],
    ['xml', XML, '.xml'],
    ['jpeg', JPEG, '.jpg'],
  ])(
    'is made of type and URN where none is given, with the ending of a %s',
    async (type, content, ending) => {
      const { document, files, requests } = await file(
        ['--json'],
        Buffer.from(content, type === 'xml' ? 'utf8' : 'latin1').toString('base64'),
      );
      expect(Object.keys(files)).toEqual([`${DEFAULT_NAME}${ending}`]);
      expect(document).toMatchObject({
        data: { file: null },
        files: [{ kind: 'file', path: `${DEFAULT_NAME}${ending}`, type }],
      });
      expect(JSON.parse(requests[0]?.body ?? '')).toMatchObject({ file_urn: URN });
    },
  );

  test.each(['.', 'below', 'below/', 'link-to-below'])('is the same in the folder %j', async (folder) => {
    const cwd = temporaryDirectory();
    mkdirSync(path.join(cwd, 'below'));
    symlinkSync('below', path.join(cwd, 'link-to-below'));
    const { document } = await file(['--to', folder, '--json'], undefined, { cwd });
    const expected = path.join(folder, `${DEFAULT_NAME}.pdf`);
    expect(document).toMatchObject({ files: [{ path: expected }] });
    expect(readFileSync(path.join(cwd, expected), 'latin1')).toBe(PDF);
  });

  test('is what --to says, whatever the document is', async () => {
    const { code, document, files } = await file(['--to', 'x.pdf', '--json'], base64(JPEG));
    expect([code, files]).toEqual([0, { 'x.pdf': JPEG }]);
    expect(document).toMatchObject({ files: [{ path: 'x.pdf', type: 'jpeg' }] });
  });

  test.each([
    ['a-b', 'DOCUMENT-'],
    ['../../x', 'DOCUMENT-'],
    ['in.gov-../x-1', 'DOCUMENT-'],
    ['in.gov.transport-DRVLC-XX0', 'DRVLC-'],
  ])('never leaves the folder: %s', async (urn, beginning) => {
    const { files } = await call(['file', 'TXN-1', urn], answerWith({ file: base64(PDF) }));
    expect(Object.keys(files)).toEqual([
      expect.stringMatching(new RegExp(`^${beginning}[0-9a-f]{8}\\.pdf$`)),
    ]);
  });
});

describe('nothing is sent', () => {
  const prepare = (cwd: string): void => {
    writeFileSync(path.join(cwd, 'there'), 'kept');
    mkdirSync(path.join(cwd, 'folder'));
    symlinkSync('there', path.join(cwd, 'link'));
    symlinkSync('nowhere', path.join(cwd, 'dangling'));
    symlinkSync('folder', path.join(cwd, 'alias'));
    for (const ending of ['xml']) writeFileSync(path.join(cwd, `${DEFAULT_NAME}.${ending}`), 'kept');
  };

  test.each([
    ['a file that exists', 'eaadhaar', ['--pdf', 'there'], 'there exists already'],
    ['a link', 'eaadhaar', ['--pdf', 'link'], 'link is a link'],
    ['a link, with --force too', 'eaadhaar', ['--pdf', 'link', '--force'], 'link is a link'],
    ['a link that leads nowhere', 'file', ['--to', 'dangling', '--force'], 'dangling is a link'],
    ['a folder', 'eaadhaar', ['--pdf', 'folder', '--force'], 'folder is a folder'],
    ['a device', 'file', ['--to', '/dev/null', '--force'], 'is not a regular file'],
    ['a folder that does not exist', 'file', ['--to', 'no/pan.pdf'], 'does not exist'],
    ['a folder that does not exist, by its slash', 'file', ['--to', 'no/'], 'the folder no/ does not exist'],
    [
      'a folder that is a file, by its slash',
      'eaadhaar',
      ['--pdf', 'there/'],
      'there/ does not exist, or is',
    ],
    ['a folder that is a file', 'file', ['--to', 'there/pan.pdf'], 'does not exist, or is not a folder'],
    ['a default name that exists', 'file', [], `${DEFAULT_NAME}.xml exists already`],
    ['a default name that exists, in JSON', 'file', ['--json'], `${DEFAULT_NAME}.xml exists already`],
    ['a name that is too long', 'file', ['--to', 'x'.repeat(300)], 'too long'],
    ['no name', 'eaadhaar', ['--xml', ''], '--xml needs the name of a file'],
    ['one name twice', 'eaadhaar', ['--pdf', 'a', '--xml', './a'], '--pdf and --xml name the same file'],
    [
      'one name twice, through a link',
      'eaadhaar',
      ['--pdf', 'folder/a', '--photo', 'alias/a'],
      'the same file',
    ],
    ['two documents to standard output', 'eaadhaar', ['--pdf', '-', '--xml', '-'], 'cannot be combined'],
    ['- with --json', 'file', ['--to', '-', '--json'], '--to - cannot be combined with --json'],
    ['- with --output', 'file', ['--to', '-', '--output', 'human'], 'cannot be combined with --output'],
    ['- with --field', 'file', ['--to', '-', '--field', 'effect'], 'cannot be combined with --field'],
    ['--data with --to', 'file', ['--data', '--to', 'a'], '--data cannot be combined with --to'],
    ['--data with --force', 'file', ['--data', '--force'], '--data cannot be combined with --force'],
    ['--force without a file', 'eaadhaar', ['--force'], '--force requires one of --pdf, --xml, --photo'],
  ])('for %s', async (_what, command, args, message) => {
    const cwd = temporaryDirectory();
    prepare(cwd);
    const words = command === 'file' ? ['file', 'TXN-1', URN] : ['eaadhaar', 'TXN-1'];
    const run = await call([...words, ...args], answerWith({}), { cwd });
    expect([run.code, run.requests]).toEqual([2, []]);
    expect((run.stdout + run.stderr).replaceAll(/\s+/g, ' ')).toContain(message);
    expect(readFileSync(path.join(cwd, 'there'), 'utf8')).toBe('kept');
    expect(readdirSync(cwd).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('and nothing is asked, where a file exists already', async () => {
    const cwd = temporaryDirectory();
    writeFileSync(path.join(cwd, 'a.pdf'), 'older');
    const atTerminal = { cwd, env: credentials, isInteractive: true };
    const { url } = await createRecorder({});
    const target = ['--base-url', url, '--allow-host', '127.0.0.1'];
    for (const args of [
      ['eaadhaar', '--pdf', 'a.pdf', ...target],
      ['file', '--to', 'a.pdf', ...target],
    ]) {
      const { code, stderr, questions } = await runMain(args, atTerminal);
      expect([code, questions]).toEqual([2, []]);
      expect(stderr).toMatch(/a\.pdf exists already/);
    }
  });

  test('for a document on a terminal', async () => {
    const run = await file(['--to', '-'], undefined, { isInteractive: true });
    expect([run.code, run.requests]).toEqual([2, []]);
    expect(run.stderr).toContain('--to - would write a document to the terminal.');
  });

  test('with names that differ in case, where the system does not tell them apart', async () => {
    const run = await eaadhaar(['--pdf', 'a', '--xml', 'A'], EAADHAAR, { platform: 'darwin' });
    expect([run.code, run.requests]).toEqual([2, []]);
  });
});

test('--force replaces a file, and not what another name of it leads to', async () => {
  const cwd = temporaryDirectory();
  writeFileSync(path.join(cwd, 'a.pdf'), 'old', { mode: 0o644 });
  linkSync(path.join(cwd, 'a.pdf'), path.join(cwd, 'other'));
  const { code, files } = await eaadhaar(['--pdf', 'a.pdf', '--force'], EAADHAAR, { cwd });
  expect([code, files]).toEqual([0, { 'a.pdf': PDF, other: 'old' }]);
  expect(statSync(path.join(cwd, 'a.pdf')).mode & 0o777).toBe(0o600);
});

test('what appeared during the call is kept, and the document is beside it', async () => {
  const cwd = realpathSync(temporaryDirectory());
  writeFileSync(path.join(cwd, 'a.pdf.1'), 'older');
  const answer = () => {
    writeFileSync(path.join(cwd, 'a.pdf'), 'theirs');
    return answerWith(EAADHAAR);
  };
  const { code, document, files } = await call(['eaadhaar', 'TXN-1', '--pdf', 'a.pdf', '--json'], answer, {
    cwd,
  });
  expect([code, files]).toEqual([74, { 'a.pdf': 'theirs', 'a.pdf.1': 'older', 'a.pdf.2': PDF }]);
  expect(document).toMatchObject({
    effect: 'yes',
    data: { pdf: null },
    files: [{ path: 'a.pdf.2' }],
    error: { kind: 'output', message: 'a.pdf appeared during the call and was kept: the PDF is a.pdf.2.' },
  });
});

test('a document whose folder went away during the call is in the JSON form alone', async () => {
  const cwd = temporaryDirectory();
  mkdirSync(path.join(cwd, 'below'));
  const answer = () => {
    rmdirSync(path.join(cwd, 'below'));
    return answerWith(EAADHAAR);
  };
  const args = ['eaadhaar', 'TXN-1', '--pdf', 'below/a.pdf', '--json'];
  const { code, document, files } = await call(args, answer, { cwd });
  expect([code, files]).toEqual([74, {}]);
  expect(document).toMatchObject({
    effect: 'yes',
    data: { pdf: EAADHAAR.pdf },
    files: [],
    error: { kind: 'output', message: 'The PDF could not be written to below/a.pdf (ENOENT).' },
  });
});

test('what --force cannot replace is kept, and the document is beside it', async () => {
  const cwd = realpathSync(temporaryDirectory());
  const answer = () => {
    mkdirSync(path.join(cwd, 'a.pdf'));
    return answerWith(EAADHAAR);
  };
  const args = ['eaadhaar', 'TXN-1', '--pdf', 'a.pdf', '--force', '--json'];
  const { code, document, files } = await call(args, answer, { cwd });
  expect([code, files]).toEqual([74, { 'a.pdf.1': PDF }]);
  expect(document).toMatchObject({
    files: [{ path: 'a.pdf.1' }],
    error: { message: 'a.pdf could not be replaced: the PDF is a.pdf.1.' },
  });
});

describe('what is no document', () => {
  test.each([
    ['another kind of file', base64('GIF89a'), 'GIF89a'],
    ['a page', base64('<!DOCTYPE html><p>'), '<!DOCTYPE html><p>'],
    ['a document of another kind', base64(JPEG), JPEG],
    ['no base64', 'JVBERi0x*', 'JVBERi0x*'],
  ])('is kept, and never called by the name: %s', async (_what, pdf, bytes) => {
    const { code, document, files } = await eaadhaar(['--pdf', 'a.pdf', '--json'], { pdf });
    expect([code, files]).toEqual([6, { 'a.pdf.unreadable': bytes }]);
    expect(document).toMatchObject({
      effect: 'yes',
      data: { pdf: null },
      files: [{ kind: 'pdf', path: 'a.pdf.unreadable', bytes: bytes.length, type: null }],
      error: { kind: 'upstream' },
    });
  });

  test('has the default name where there is no other', async () => {
    const { code, files } = await file([], base64('GIF89a'));
    expect([code, files]).toEqual([6, { [`${DEFAULT_NAME}.unreadable`]: 'GIF89a' }]);
    const piped = await file(['--to', '-'], base64('GIF89a'));
    expect([piped.code, piped.stdout, piped.files]).toEqual([
      6,
      expect.not.stringContaining('GIF89a'),
      { [`${DEFAULT_NAME}.unreadable`]: 'GIF89a' },
    ]);
  });

  test('takes no other file away, with --force too', async () => {
    const cwd = temporaryDirectory();
    writeFileSync(path.join(cwd, 'a.pdf.unreadable'), 'older');
    const { code, files } = await eaadhaar(['--pdf', 'a.pdf', '--force'], { pdf: 'no*' }, { cwd });
    expect([code, files]).toEqual([6, { 'a.pdf.unreadable': 'older', 'a.pdf.unreadable.1': 'no*' }]);
  });

  test.each([
    [{}],
    [{ pdf: null }],
    [{ pdf: '' }],
    [{ pdf: ' \n' }],
    [{ pdf: 5 }],
    [{ pdf: { base64: 'x' } }],
  ])('is not a file where it is not a text: %j', async (data) => {
    const { code, document, files } = await eaadhaar(['--pdf', 'a.pdf', '--photo', 'a.jpg', '--json'], {
      ...data,
      image: EAADHAAR.image,
    });
    expect([code, Object.keys(files)]).toEqual([6, ['a.jpg']]);
    expect(document).toMatchObject({
      effect: 'yes',
      data: { ...data, image: null },
      error: { message: 'The response has no PDF (data.pdf).' },
    });
  });

  test('leaves what is shown to people as it would be', async () => {
    const { code, stdout, stderr } = await eaadhaar(['--pdf', 'a.pdf'], { ...EAADHAAR, pdf: 'no*' });
    expect(code).toBe(6);
    expect(stdout).toMatch(/^Name +Asha Canary$/m);
    expect(stdout).not.toMatch(/fetched|keep it|Session/);
    expect(stderr).toContain(
      'error: The PDF in the response cannot be read: it is kept as a.pdf.unreadable.',
    );
    expect(stderr).not.toContain('Canary');
  });

  test('prints variables and fields all the same', async () => {
    const { code, stdout } = await eaadhaar(['--pdf', 'a.pdf', '--field', 'decentroTxnId'], { pdf: 'no*' });
    expect([code, stdout]).toEqual([6, 'CALL-1\n']);
  });
});

describe('standard output', () => {
  test('has the bytes of the document, and standard error the rest', async () => {
    const { code, stdout, stderr, files } = await file(['--to', '-'], base64(JPEG));
    expect([code, stdout, files]).toEqual([0, JPEG, {}]);
    expect(stderr).toMatch(/^Session +TXN-1\nCall +CALL-1$/m);
  });

  test('has nothing beside it with --quiet', async () => {
    const { stdout, stderr } = await eaadhaar(['--pdf', '-', '--quiet']);
    expect(stdout).toBe(PDF);
    expect(stderr).toMatch(/^Reference ID: \S+\n$/);
  });

  test('that fails keeps the files, and the document for nobody', async () => {
    const stdoutError = new Failure('output', 'Standard output could not be written (ENOSPC).');
    const run = await eaadhaar(['--pdf', '-', '--photo', 'a.jpg'], EAADHAAR, { stdoutError });
    expect([run.code, Object.keys(run.files)]).toEqual([74, ['a.jpg']]);
    expect(run.stderr).toMatch(/^Call +CALL-1$/m);
  });
});

test('no document, name or URN is on standard error, whatever happens', async () => {
  const runs = await Promise.all([
    eaadhaar(['--pdf', 'a.pdf', '--photo', 'b.jpg', '--verbose']),
    eaadhaar(['--pdf', 'a.pdf', '--verbose', '--json'], { ...EAADHAAR, pdf: 'canary*' }),
    file(['--verbose']),
    file(['--verbose', '--json'], 'canary*'),
    file(['--data', '--verbose', '--to', 'x']),
  ]);
  for (const { stderr } of runs) {
    expect(stderr).not.toMatch(/canary/i);
    expect(stderr).not.toContain(EAADHAAR.pdf.slice(0, 12));
  }
});

test('files that are left are none but the documents', async () => {
  const { cwd } = await eaadhaar(['--pdf', 'a.pdf', '--xml', 'a.xml', '--json']);
  expect(readdirSync(cwd).sort()).toEqual(['a.pdf', 'a.xml']);
  expect(existsSync(path.join(cwd, 'a.pdf'))).toBe(true);
});
