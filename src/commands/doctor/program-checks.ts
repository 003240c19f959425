import { browserFault, lacksNamedBrowser } from '../../host/browser.js';
import { isCi, type Host } from '../../host/host.js';
import { neededNode, version } from '../../version.js';
import { nameCheck, type Check } from './check.js';

/** What runs, and what it runs on. */
export function checkProgram({ nodeVersion }: Pick<Host, 'nodeVersion'>): Check[] {
  const node = nameCheck('node-version', 'Node.js');
  const minimum = neededNode.replace(/^>=/, '');
  return [
    isAtLeast(nodeVersion, minimum)
      ? node.ok(`${nodeVersion} (needs ${minimum} or newer)`)
      : node.problem('config', `${nodeVersion} is too old`, `Install Node.js ${minimum} or newer.`),
    nameCheck('package-version', 'digilocker-cli').ok(version),
  ];
}

/** Whether questions can be asked, and the link be shown. */
export function checkSurroundings(
  host: Pick<Host, 'env' | 'isInteractive' | 'platform' | 'stdout' | 'stderr'>,
) {
  const { env, isInteractive, platform, stdout, stderr } = host;
  const asking = isInteractive
    ? 'questions can be asked'
    : `no prompts, because ${isCi(env) ? 'CI is set' : 'standard input or standard error is not a terminal'}`;
  const colours = stdout.hasColors || stderr.hasColors ? 'colours' : 'no colours';
  const browser = nameCheck('browser', 'Browser');
  const named = ['DIGILOCKER_BROWSER', 'BROWSER'].find((name) => env[name] !== undefined && env[name] !== '');
  const fault = lacksNamedBrowser({ env, platform })
    ? `the program that ${named ?? ''} names is not installed`
    : browserFault(env, platform);
  return [
    nameCheck('terminal', 'Terminal').ok(`${asking}; ${colours}, ${stdout.columns} columns`),
    fault === undefined
      ? browser.ok(named === undefined ? "the desktop's own" : `named by ${named}`)
      : browser.warning(
          `none will be opened, because ${fault}`,
          'The link is printed in any case. DIGILOCKER_BROWSER names a browser.',
        ),
  ];
}

function isAtLeast(found: string, minimum: string): boolean {
  const [one, other] = [found, minimum].map((text) => text.replace(/^v/, '').split('.').map(Number));
  const index = [0, 1, 2].find((place) => (one?.[place] ?? 0) !== (other?.[place] ?? 0));
  return index === undefined || (one?.[index] ?? 0) > (other?.[index] ?? 0);
}
