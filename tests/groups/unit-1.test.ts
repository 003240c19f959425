import { runGroup } from '../support/group.js';

await runGroup('unit', 1, 4);
