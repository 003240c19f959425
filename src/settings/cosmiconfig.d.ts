// cosmiconfig 9 publishes no types for this file (see config-file.ts for why it is used).
declare module 'cosmiconfig/dist/ExplorerSync.js' {
  import type { CosmiconfigResult, OptionsSync } from 'cosmiconfig';

  export class ExplorerSync {
    constructor(
      options: Omit<OptionsSync, 'stopDir'> & { moduleName: string; metaConfigFilePath: string | null },
    );
    load(filepath: string): CosmiconfigResult;
  }
}
