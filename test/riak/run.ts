/**
 * `npm run test:riak`: suites on real Riak nodes. Each argument names a suite, with or without dashes; none is `grow`.
 *   npm run test:riak -- --claim --torture --version 3.4.0 --backend leveled
 */
import {readdirSync} from 'node:fs'
import {join} from 'node:path'
import {startVitest} from 'vitest/node'

const folder = import.meta.dirname
const suites = readdirSync(folder)
  .filter(name => name.endsWith('.riak.ts'))
  .map(name => name.replace('.riak.ts', ''))

const asked: string[] = []
const words = process.argv
  .slice(2)
  .flatMap(word => (/^--(?:version|backend)=/.test(word) ? word.split('=') : [word]))
for (let word = words.shift(); word !== undefined; word = words.shift()) {
  if (word === '--version') process.env.RINGUP_RIAK_VERSION = words.shift() ?? ''
  else if (word === '--backend') process.env.RINGUP_RIAK_BACKEND = words.shift() ?? ''
  else asked.push(word.replace(/^--/, ''))
}
if (asked.length === 0) asked.push('grow')

const unknown = asked.filter(name => !suites.includes(name))
if (unknown.length > 0) {
  console.error(`test:riak: no suite ${unknown.join(', ')}; there are: ${suites.join(', ')}`)
  process.exitCode = 64
} else {
  const files = asked.map(name => join(folder, `${name}.riak.ts`))
  // a failed test sets the exit code
  const vitest = await startVitest('test', files, {config: join(folder, 'vitest.config.ts'), watch: false})
  await vitest.close()
}
