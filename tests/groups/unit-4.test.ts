import { runGroup } from '../support/group.js';

await runGroup('unit', 4, 4);
