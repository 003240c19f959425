import { SHELLS } from '../support/completing-shell.js';
import { describeCompletion } from '../support/shell-completion.js';

for (const shell of SHELLS) describeCompletion(shell);
