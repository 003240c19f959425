import { configOf } from '../support/jest-config.js';

// zsh, fish, shellcheck and GNU parallel are needed, which npm does not install.
export default configOf('shells');
