import { Buffer } from 'node:buffer';

// Stands for the type checks that got imports: those that it calls, and none of what it is given. That comes from
// src/api/http/send-by-got.ts, whose types are checked.
const isFunction = (value) => typeof value === 'function';
const isObject = (value) => (typeof value === 'object' && value !== null) || isFunction(value);
const isIterable = (value) => isFunction(value?.[Symbol.iterator]);
const isAsyncIterable = (value) => isFunction(value?.[Symbol.asyncIterator]);
const isGenerator = (value) => isFunction(value?.next) && isFunction(value?.throw);
export const isBuffer = (value) => Buffer.isBuffer(value);

export default {
  array: Array.isArray,
  asyncGenerator: (value) => isAsyncIterable(value) && isGenerator(value),
  asyncIterable: isAsyncIterable,
  boolean: (value) => typeof value === 'boolean',
  buffer: isBuffer,
  function: isFunction,
  generator: (value) => isIterable(value) && isGenerator(value),
  iterable: isIterable,
  nodeStream: (value) => isObject(value) && isFunction(value.pipe),
  nonEmptyString: (value) => typeof value === 'string' && value !== '',
  null: (value) => value === null,
  number: (value) => typeof value === 'number' && !Number.isNaN(value),
  object: isObject,
  plainObject: (value) => isObject(value) && [null, Object.prototype].includes(Object.getPrototypeOf(value)),
  promise: (value) => isObject(value) && isFunction(value.then),
  string: (value) => typeof value === 'string',
  typedArray: (value) => ArrayBuffer.isView(value) && !(value instanceof DataView),
  undefined: (value) => value === undefined,
  urlInstance: (value) => value instanceof URL,
};

export const assert = new Proxy({}, { get: () => () => undefined });
