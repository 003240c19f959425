import { runGroup } from '../support/group.js';

await runGroup('cli', 4, 4);
