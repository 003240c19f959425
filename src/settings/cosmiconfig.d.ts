// cosmiconfig 9 publishes no types for this file (see find-config.ts for why it is used).
declare module 'cosmiconfig/dist/ExplorerBase.js' {
  export class ExplorerBase {
    constructor(options: {
      readonly moduleName: string;
      readonly searchPlaces: readonly string[];
      readonly loaders: Readonly<Record<string, () => undefined>>;
    });
    getSearchPlacesForDir(
      folder: { readonly path: string; readonly isGlobalConfig: boolean },
      globalPlaces: readonly string[],
    ): string[];
  }
}
