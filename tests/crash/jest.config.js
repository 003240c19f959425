import { configOf } from '../support/jest-config.js';

// A hundred kills take minutes.
export default configOf('crash');
