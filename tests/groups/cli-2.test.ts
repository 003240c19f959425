import { runGroup } from '../support/group.js';

await runGroup('cli', 2, 4);
