import { runGroup } from '../support/group.js';

await runGroup('unit', 2, 4);
