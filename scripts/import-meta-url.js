// Stands for import.meta.url in the bundle, which is no ES module.
/* global __filename */
import { pathToFileURL } from 'node:url';

export const importMetaUrl = pathToFileURL(__filename).href;
