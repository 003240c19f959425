#!/usr/bin/env node
import { createHost, main } from '../dist/main.js';

const exitCode = await main(createHost(process));
// Every write has been awaited. A look-up of a name that --timeout gave up would keep the process alive.
process.exit(exitCode);
