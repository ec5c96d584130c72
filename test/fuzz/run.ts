/** `npm run fuzz -- NAME [OPTION...]`: runs one fuzzer; it prints what it found and counts what it skipped. */
import {fuzzClaim} from './claim.ts'
import {fuzzController} from './controller.ts'
import {fuzzFiles} from './files.ts'
import {fuzzLocks} from './locks.ts'
import {fuzzRiak} from './riak.ts'
import {fuzzRunners} from './runners.ts'

const fuzzers: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  claim: fuzzClaim,
  controller: fuzzController,
  files: fuzzFiles,
  locks: fuzzLocks,
  riak: fuzzRiak,
  runners: fuzzRunners,
}

const [name = '', ...args] = process.argv.slice(2)
const fuzzer = fuzzers[name]
if (fuzzer) process.exitCode = await fuzzer(args)
else {
  console.error(`fuzz: say which: npm run fuzz -- ${Object.keys(fuzzers).join('|')} [--count N] [--seed S]`)
  process.exitCode = 64
}
