import { describe, expect, test } from '@jest/globals';
import process from 'node:process';
import {
  CANARIES,
  cleanUp,
  credentials,
  fails,
  run,
  runShell,
  start,
  startShell,
  succeeds,
  temporaryDirectory,
} from '../../support/run.js';
import { program } from './fixture.js';

const report =
  'process.stdout.write(JSON.stringify({ env: process.env, cwd: process.cwd(), argv: process.argv }))';
const stay = 'setInterval(() => undefined, 60_000);';

interface Report {
  env: Record<string, string>;
  cwd: string;
  argv: string[];
}

describe('run', () => {
  test('gives the program its arguments and nothing of our own environment', async () => {
    process.env['DECENTRO_CLIENT_ID'] = 'ours';
    cleanUp(() => {
      delete process.env['DECENTRO_CLIENT_ID'];
    });
    const { stdout } = await run(['a b', ''], { binary: program(report), env: { EXTRA: 'x' } });
    const { env, cwd, argv } = JSON.parse(stdout) as Report;
    expect(Object.keys(env).sort()).toEqual(['EXTRA', 'HOME', 'PATH', 'TMPDIR', 'XDG_CACHE_HOME']);
    expect(argv.slice(2)).toEqual(['a b', '']);
    expect(new Set([cwd, env['HOME'], process.cwd(), process.env['HOME']]).size).toBe(4);
  });

  test('uses the directories that it is given', async () => {
    const [cwd, home] = [temporaryDirectory(), temporaryDirectory()];
    const { stdout } = await run([], { binary: program(report), cwd, home });
    expect(JSON.parse(stdout)).toMatchObject({ cwd, env: { HOME: home } });
  });

  test('passes arguments to node itself', async () => {
    const binary = program("process.stdout.write(process.execArgv.join(' '))");
    expect((await run([], { binary, nodeArgs: ['--no-warnings'] })).stdout).toBe('--no-warnings');
  });

  test('offers standard input as /dev/null, as a text or as silence', async () => {
    const echo = { binary: program('process.stdin.pipe(process.stdout);') };
    expect((await run([], echo)).stdout).toBe('');
    expect((await run([], { ...echo, stdin: { text: 'yes\n' } })).stdout).toBe('yes\n');
    const silent = start([], { ...echo, stdin: 'open' });
    silent.endStdin('at last');
    expect((await silent.done).stdout).toBe('at last');
  });

  test('does not mind a program that leaves its input unread', async () => {
    const text = 'x'.repeat(1_000_000);
    expect(await run([], { binary: program(''), stdin: { text } })).toMatchObject({ code: 0 });
  });

  test('kills a program that takes too long and shows what it printed', async () => {
    const running = startShell('echo so far; echo and so bad >&2; sleep 60', { timeoutMs: 1_000 });
    await expect(running.done).rejects.toThrow(/still running after 1000 ms[^]*so far[^]*and so bad/);
    await expect(running.waitForStdout('never')).rejects.toThrow('still running');
  });

  test('rejects when there is nothing to start', async () => {
    await expect(run([], { cwd: '/does/not/exist' })).rejects.toThrow('ENOENT');
  });
});

describe('start', () => {
  test('waits for output, sends signals and tells how the program ended', async () => {
    const binary = program(
      "process.stdout.write('on port 4'); console.log('010'); console.error('up');",
      stay,
    );
    const running = start([], { binary });
    expect((await running.waitForStdout(/port (\d+)\n/))[1]).toBe('4010');
    await running.waitForStderr('up');
    running.kill('SIGTERM');
    expect(await running.done).toEqual({
      code: null,
      signal: 'SIGTERM',
      stdout: 'on port 4010\n',
      stderr: 'up\n',
    });
    expect(() => {
      running.kill('SIGTERM');
    }).toThrow('No process left');
  });

  test('tells whoever waits that the program ended', async () => {
    const running = start([], { binary: program("console.log('something else');") });
    await expect(running.waitForStdout('ready')).rejects.toThrow(/ended \(0\)[^]*something else/);
  });

  test('closes stdout under the program', async () => {
    const binary = program(
      "process.stdout.on('error', (error) => { console.error(error.code); process.exitCode = 74; });",
      "process.stdin.on('end', () => process.stdout.write('x')).resume();",
    );
    const running = start([], { binary, stdin: 'open' });
    running.closeStdout();
    running.endStdin();
    expect(await running.done).toMatchObject({ code: 74, stderr: 'EPIPE\n' });
  });
});

describe('succeeds and fails', () => {
  test('check the streams of the program that ran', async () => {
    const binary = program("console.error('Reference ID: 1'); process.exitCode = Number(process.argv[2]);");
    await succeeds(['0'], { binary });
    await fails(['2'], 2, { binary });
    await expect(succeeds(['2'], { binary })).rejects.toThrow('exit code 2');
    await expect(fails(['0'], 2, { binary })).rejects.toThrow('exit code 0');
    await expect(succeeds(['0'], { binary, stderr: [] })).rejects.toThrow('unexpected line');
    await expect(fails(['2'], 2, { binary, secrets: ['Reference'] })).rejects.toThrow('leaked');
  });

  test('find a canary that was printed', async () => {
    const binary = program('console.error(process.env.DECENTRO_CLIENT_SECRET); process.exitCode = 3;');
    await expect(fails([], 3, { binary, env: credentials })).rejects.toThrow('leaked on stderr');
  });

  test('expect a JSON document when the arguments ask for one', async () => {
    const print = 'console.log(JSON.stringify({ ok: false, error: { exitCode: 2 } })); process.exitCode = 2;';
    const binary = program(print);
    expect((await fails(['--json'], 2, { binary })).document).toMatchObject({ ok: false });
    await expect(fails(['-o', 'human'], 2, { binary })).rejects.toThrow('promised: empty');
    await expect(succeeds(['--json'], { binary: program('') })).rejects.toThrow('JSON document');
  });

  test('report a crash as one', async () => {
    const binary = program("throw new Error('x');");
    await expect(fails([], 1, { binary })).rejects.toThrow('stack trace');
  });
});

describe('runShell', () => {
  const describeStdout = [
    "import { fstatSync } from 'node:fs';",
    "const type = fstatSync(1).isFIFO() ? 'pipe' : fstatSync(1).isFile() ? 'file' : 'other';",
    "console.error(type, process.argv.slice(2).join('|'));",
  ];

  test('runs digilocker under its name, behind real redirections', async () => {
    const binary = program(...describeStdout);
    const script = `digilocker 'a b' "it's" >out; "$DIGILOCKER" c | cat; test -f out`;
    const { code, stderr } = await runShell(script, { binary });
    expect(stderr).toBe("file a b|it's\npipe c\n");
    expect(code).toBe(0);
  });

  test('hands a closed stream on as such', async () => {
    const binary = program(...describeStdout);
    expect(await runShell('digilocker >&-', { binary })).toMatchObject({ code: 0, stderr: 'other \n' });
  });

  test('runs the shell that it is told to', async () => {
    expect((await runShell('echo $0', { shell: 'bash' })).stdout).toBe('bash\n');
  });
});

test('the canaries are unlike each other', () => {
  expect(new Set(Object.values(CANARIES)).size).toBe(3);
});
