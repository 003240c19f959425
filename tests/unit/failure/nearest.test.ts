import { expect, test } from '@jest/globals';
import { nearest, nearMisses } from '../../../src/failure/nearest.js';

const KEYS = ['clientId', 'clientSecret', 'moduleSecret', 'baseUrl', 'defaults'];

test.each([
  ['clientID', 'clientId'],
  ['clientSecert', 'clientSecret'],
  ['client_id', 'clientId'],
  ['baseurl', 'baseUrl'],
  ['default', 'defaults'],
  ['colour', undefined],
  ['', undefined],
])('the nearest to %j is %p', (word, expected) => {
  expect(nearest(word, KEYS)).toBe(expected);
});

test('a word that a candidate holds is near, unless it is very short', () => {
  expect(nearMisses('secret', KEYS)).toEqual(['clientSecret', 'moduleSecret']);
  expect(nearMisses('url', KEYS)).toEqual([]);
});

test('three at most are named, the nearest first', () => {
  expect(nearMisses('aaaa', ['aaab', 'aaaa', 'aaac', 'aaad'])).toEqual(['aaaa', 'aaab', 'aaac']);
});

test('one edit is near however short the word', () => {
  expect(nearMisses('9', ['0', '1', '74'])).toEqual(['0', '1']);
});

test('a candidate that the word begins, or that begins the word, is near', () => {
  expect(nearMisses('in', ['init-session', 'sandbox'])).toEqual(['init-session']);
  expect(nearMisses('configure', ['config', 'smoke'])).toEqual(['config']);
  expect(nearMisses('session', ['version', 'init-session'])).toEqual(['init-session', 'version']);
});
