/**
 * `npm run test:nodes -- [LINE...] [--whole]`: ringup on other releases of Node, fetched from the package registry.
 * A smoke test of the built CLI, or with `--whole` all tests of the project.
 */
import {spawnSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {delimiter, dirname, join} from 'node:path'
import {type NodeLine, nodeBinary, nodeLines} from '../../src/package/node-binary.ts'
import {root} from '../../src/package/root.ts'
import {offlinePlan} from '../support/offline-plan.ts'

const args = process.argv.slice(2)
const whole = args.includes('--whole')
const lines = args.filter(arg => arg !== '--whole').map(Number) as NodeLine[]
const unknown = lines.filter(line => !nodeLines.includes(line))
if (unknown.length > 0) {
  console.error(`test:nodes: say: npm run test:nodes -- [${nodeLines.join('|')}]... [--whole]`)
  process.exitCode = 64
} else
  for (const line of lines.length > 0 ? lines : nodeLines) {
    const {program, version} = nodeBinary(line)
    console.log(`Node ${version}`)
    if (!(whole ? allTests(program) : smoke(program))) process.exitCode = 1
  }

/** What the tests start as `node` is this one too. */
function allTests(node: string): boolean {
  const PATH = `${dirname(node)}${delimiter}${process.env.PATH}`
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  return (
    spawnSync(node, [vitest, 'run'], {cwd: root, stdio: 'inherit', env: {...process.env, PATH}}).status === 0
  )
}

/** Everything that a new release could break at once: loading each command, a plan, and a run on real SSH. */
function smoke(node: string): boolean {
  const home = mkdtempSync(join(tmpdir(), 'ringup-nodes-'))
  const ringup = (words: readonly string[], expected: RegExp): boolean => {
    const ran = spawnSync(node, [join(root, 'dist/src/main.js'), ...words], {
      cwd: home,
      env: {HOME: home},
      encoding: 'utf8',
      timeout: 120_000,
    })
    // whatever Node has to say of what is deprecated or experimental
    const warned = /\(node:\d+\)|Warning:/.test(ran.stderr)
    const fine = ran.status === 0 && expected.test(ran.stdout) && !warned
    if (!fine) console.error(`failed: ringup ${words.join(' ')} (${ran.status})\n${ran.stdout}${ran.stderr}`)
    return fine
  }
  try {
    const commands = Object.keys(
      (JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8')) as {commands: object}).commands,
    )
    const results = [
      ringup(['--version'], /^ringup \d/),
      ringup(['--help'], /COMMANDS/),
      ...commands.map(id => ringup([...id.split(':'), '--help'], /USAGE/)),
      ringup(offlinePlan(home), /sha256:/),
      ringup(['lab', 'demo'], /All 64 partitions have the owner that was planned/),
    ]
    const passed = results.filter(Boolean).length
    console.log(`  ${passed} of ${results.length} as expected`)
    return passed === results.length
  } finally {
    rmSync(home, {recursive: true, force: true})
  }
}
