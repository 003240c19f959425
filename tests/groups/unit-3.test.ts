import { runGroup } from '../support/group.js';

await runGroup('unit', 3, 4);
