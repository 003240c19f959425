import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readWorkflow, stepsOf, workflowFaults } from '../support/workflow.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = path.join(ROOT, '.github', 'workflows');
const read = (name: string) => readFileSync(path.join(FOLDER, name), 'utf8');
const FILES = [
  ...readdirSync(FOLDER).map((name) => `.github/workflows/${name}`),
  'examples/github-actions.yml',
];

describe.each(FILES)('%s', (name) => {
  const content = readFileSync(path.join(ROOT, name), 'utf8');
  const workflow = readWorkflow(content);

  test('is a workflow by the schema of GitHub', () => {
    expect(workflowFaults(content)).toEqual([]);
    expect(workflowFaults(content.replace('runs-on', 'runs_on'))).not.toEqual([]);
  });

  test('may read the repository and nothing else, unless a job asks for more', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
  });

  test("uses GitHub's own actions alone, and names the major version of each", () => {
    const used = stepsOf(workflow).flatMap(({ uses }) => uses ?? []);
    expect(used.filter((action) => !/^actions\/[\w-]+@v\d+$/.test(action))).toEqual([]);
    expect(used).toEqual(expect.arrayContaining([expect.stringMatching(/^actions\/checkout@/)]));
  });

  test('puts no expression into a line of a script, where its value could be code', () => {
    for (const { run = '' } of stepsOf(workflow)) expect(run).not.toContain('${{');
  });
});

describe('.github/workflows/ci.yml', () => {
  const { jobs } = readWorkflow(read('ci.yml'));

  test('runs the test command of README on three systems and four versions of Node.js', () => {
    expect(jobs['test']?.strategy?.matrix).toEqual({
      os: ['ubuntu-latest', 'macos-latest', 'windows-latest'],
      node: [20, 22, 24, 26],
    });
    expect(jobs['test']?.steps.map(({ run }) => run)).toContain('npm ci && npm test');
  });
});

describe('.github/workflows/release.yml', () => {
  const { on, jobs } = readWorkflow(read('release.yml'));
  const linesOf = (job: string) => (jobs[job]?.steps ?? []).map(({ run = '' }) => run).join('\n');

  test('publishes after the gate, and for a tag alone', () => {
    expect(on).toEqual({ push: { tags: ['v*'] } });
    expect(linesOf('gate')).toContain('.ci/run');
    expect(Object.entries(jobs).map(([name, { needs }]) => [name, needs])).toEqual([
      ['gate', undefined],
      ['package', 'gate'],
      ['image', 'gate'],
    ]);
  });

  test("replaces each placeholder of package.json by the workflow's own repository before it packs", () => {
    const { repository, bugs, homepage } = JSON.parse(
      readFileSync(path.join(ROOT, 'package.json'), 'utf8'),
    ) as { repository: { url: string }; bugs: { url: string }; homepage: string };
    for (const url of [repository.url, bugs.url, homepage]) expect(url).toContain('//code.example/');
    const lines = linesOf('package');
    for (const key of ['repository.url', 'bugs.url', 'homepage']) {
      expect(lines).toMatch(new RegExp(`^npm pkg set .*"${key}=[^"]*\\$repository[^"]*"`, 'm'));
    }
    expect(lines.indexOf('npm pkg set')).toBeLessThan(lines.indexOf('npm pack'));
  });

  test('publishes with a provenance, which needs the identity of the workflow', () => {
    expect(linesOf('package')).toContain('npm publish --provenance');
    expect(jobs['package']?.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    expect(jobs['image']?.permissions).toEqual({ contents: 'read', packages: 'write' });
  });
});
