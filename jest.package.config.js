import { apart } from './tests/support/apart.js';

// Packing and type checks take long.
export default apart('package');
