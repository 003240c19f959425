import { apart } from './tests/support/apart.js';

// zsh, fish and shellcheck are needed, which npm does not install.
export default apart('shells');
