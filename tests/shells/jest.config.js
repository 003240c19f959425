import { configOf } from '../support/jest-config.js';

// zsh, fish and shellcheck are needed, which npm does not install.
export default configOf('shells');
