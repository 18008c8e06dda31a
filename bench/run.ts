/** One benchmark in this process: `node bench.mjs NAME RESULT-FILE`. */
import { writeFileSync } from 'node:fs';
import { benchmarks } from './registry.ts';

const [name = '', file = ''] = process.argv.slice(2);
const benchmark = benchmarks[name];
if (!benchmark) throw new Error(`there is no benchmark "${name}"`);
writeFileSync(file, JSON.stringify(await benchmark()));
// Sockets of clients may still be closing.
process.exit(0);
