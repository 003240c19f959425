import { runGroup } from '../support/group.js';

await runGroup('cli', 3, 4);
