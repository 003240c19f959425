// Working directories that another user may have filled.
import path from 'node:path';
import { temporaryDirectory } from './cleanup.js';
import { privateFile } from './private-file.js';

/** A working directory and a home, with files around that leave a mark when somebody executes them. */
export function createTrap() {
  const [cwd, home] = [temporaryDirectory(), temporaryDirectory()];
  const mark = path.join(temporaryDirectory(), 'executed');
  const code = `require('node:fs').writeFileSync(${JSON.stringify(mark)}, '');`;
  const module = `import fs from 'node:fs'; fs.writeFileSync(${JSON.stringify(mark)}, ''); export default {};`;
  const imports = {
    $import: './evil.cjs',
    cosmiconfig: { $import: './evil.cjs', searchPlaces: ['evil.cjs'] },
  };
  for (const folder of [cwd, home]) {
    for (const name of ['.config/config', '.config/decentrorc', '.decentrorc', 'decentro.config', 'evil']) {
      for (const ending of ['js', 'cjs']) privateFile(folder, `${name}.${ending}`, code);
      for (const ending of ['mjs', 'ts', 'mts']) privateFile(folder, `${name}.${ending}`, module);
    }
    privateFile(folder, 'package.json', { name: 'evil', decentro: imports, ...imports });
    privateFile(folder, 'package.yaml', '$import: ./evil.cjs\n');
    privateFile(folder, '.config/config.json', imports);
    privateFile(folder, '.config/config.yaml', '$import: ./evil.cjs\n');
    privateFile(folder, '.config/evil.cjs', code);
  }
  return { cwd, home, mark, code, module };
}

export type Trap = ReturnType<typeof createTrap>;

export interface Aim {
  /** The file that the message names. */
  readonly file: string;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export type Layout = readonly [what: string, lay: (trap: Trap) => Aim, message: RegExp];

/** A project file of this name and content. */
export function project(
  name: string,
  content: string | Buffer | object,
  env: Aim['env'] = {},
): (trap: Trap) => Aim {
  return ({ cwd }) => ({ file: privateFile(cwd, name, content), env });
}

/** A project file that is made by hand. */
export function made(make: (file: string, trap: Trap) => void, name = '.decentrorc'): (trap: Trap) => Aim {
  return (trap) => {
    const file = path.join(trap.cwd, name);
    make(file, trap);
    return { file };
  };
}

/** A file that `--config` names. */
export function named(name: string, content: (trap: Trap) => string | object): (trap: Trap) => Aim {
  return (trap) => ({ file: privateFile(trap.cwd, name, content(trap)), flags: ['--config', name] });
}

/** A user file. */
export function user(name: string, content: string | object): (trap: Trap) => Aim {
  return ({ home }) => ({ file: privateFile(home, `.config/decentro/${name}`, content) });
}
