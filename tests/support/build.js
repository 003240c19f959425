import { isBuilt } from '../../scripts/build-stamp.js';

/** Builds the bundle, unless it is the source's own already. */
export default async function build() {
  if (!(await isBuilt())) await import('../../scripts/build.js');
}
