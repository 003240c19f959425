import { runGroup } from '../support/group.js';

await runGroup('cli', 1, 4);
