import { configOf } from '../support/jest-config.js';

// Packing and type checks take long.
export default configOf('package');
