import { describe, expect, test } from '@jest/globals';
import { fails } from '../support/run-main.js';

describe('a command line that is not understood', () => {
  test.each<[readonly string[], RegExp]>([
    [['sandbox', '--end-user', ''], /Invalid value "" for --end-user\. .*Valid values: allow, deny\./],
    [['sandbox', '--end-user', 'alow'], /Did you mean allow\? Valid values: allow, deny\./],
    [['sandbox', '--scenario', 'qqqqqqqq'], /Unknown scenario "qqqqqqqq"\. .*See digilocker sandbox --help/],
    [['--qqqqqqqq'], /Flags follow a command/],
    [['--client-secret=made-up'], /no flag accepts a secret/],
    [['qqqqqqqq'], /Run digilocker --help for usage/],
    [['help', 'qqqqqqqq'], /No command or help topic named "qqqqqqqq"/],
    [['help', 'config', 'shwo'], /named "config shwo"\. .*Did you mean show\?/],
    [['help', 'config', 'show', 'more'], /named "config show more"/],
    [['help', 'exit-codes', 'more'], /named "exit-codes more"/],
    [['sessions', '--since', '1970'], /such as 30m, 12h, 7d/],
    [['sessions', '--since', '1969-01-01'], /such as 30m, 12h, 7d/],
    [['sessions', '--since', '2026-99-99'], /such as 30m, 12h, 7d/],
  ])('%j says what to do', async (args, message) => {
    const { stderr } = await fails(args, 2);
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(message);
    expect(stderr).not.toContain('made-up');
  });
});
