/**
 * `npm run proof`: everything that shows that ringup does what it says, one part after the other; a table, and the
 * evidence in `docs/evidence.json` and `docs/evidence.md`. What a part prints is kept in node_modules/.cache/ringup/proof.
 *   --only ID,ID   these parts; what was found of the others before stays in the table
 *   --list         the parts
 */
import {spawn, spawnSync} from 'node:child_process'
import {createWriteStream, existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {cpus, totalmem} from 'node:os'
import {join} from 'node:path'
import {finished} from 'node:stream/promises'
import {parseArgs} from 'node:util'
import {type Evidence, evidenceText, type Finding, withEvidence} from './evidence.ts'
import {type Part, parts} from './parts.ts'

const root = new URL('../..', import.meta.url).pathname
const record = join(root, 'docs/evidence.json')
const page = join(root, 'docs/evidence.md')
const logs = join(root, 'node_modules/.cache/ringup/proof')

async function prove(part: Part): Promise<Finding> {
  const command = `npm run ${part.words.join(' ')}`
  const about = {
    id: part.id,
    shows: part.shows,
    command: command === 'npm run test' ? 'npm test' : command,
    commit:
      git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', 'src', 'commands') ? '+' : ''),
    date: new Date().toISOString().slice(0, 10),
  }
  const lacking = part.lacking?.()
  if (lacking !== undefined) return {...about, outcome: 'skipped', figure: lacking, seconds: 0}
  const begun = performance.now()
  const {code, output} = await runPart(part)
  const {figure, met} = part.judge(output)
  return {
    ...about,
    outcome: code !== 0 || (!met && !part.id.startsWith('bench-')) ? 'failed' : met ? 'passed' : 'missed',
    figure: code === 0 ? figure : `${figure} (exit ${code})`,
    seconds: Math.round((performance.now() - begun) / 1000),
  }
}

async function runPart({id, words}: Part): Promise<{code: number; output: string}> {
  const log = createWriteStream(join(logs, `${id}.log`))
  const child = spawn('npm', ['run', '--silent', ...words], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {...process.env, NO_COLOR: '1', FORCE_COLOR: '0'},
  })
  let output = ''
  child.stdout.on('data', chunk => {
    output += chunk
    log.write(chunk)
  })
  child.stderr.on('data', chunk => log.write(chunk))
  const code = await new Promise<number>(resolve => {
    child.on('error', () => resolve(127))
    child.on('close', status => resolve(status ?? 143))
  })
  await finished(log.end())
  return {code, output}
}

const git = (...words: string[]): string =>
  spawnSync('git', words, {cwd: root, encoding: 'utf8'}).stdout?.trim() ?? ''

/** The processor, cores, memory, system, Node. */
function machineHere(): string {
  const system = existsSync('/etc/os-release')
    ? /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1]
    : undefined
  const [cpu] = cpus()
  return `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${system ?? process.platform}, Node ${process.versions.node}`
}

const {values} = parseArgs({
  options: {only: {type: 'string'}, list: {type: 'boolean', default: false}},
})
const ids = parts.map(({id}) => id)
const asked = values.only?.split(',') ?? ids
const unknown = asked.filter(id => !ids.includes(id))
if (unknown.length > 0 || values.list) {
  if (unknown.length > 0) console.error(`proof: no part ${unknown.join(', ')}; there are:`)
  for (const {id, shows} of parts) console.log(`${id.padEnd(20)}  ${shows}`)
  process.exitCode = unknown.length > 0 ? 64 : 0
} else {
  mkdirSync(logs, {recursive: true})
  const before: readonly Finding[] = existsSync(record)
    ? (JSON.parse(readFileSync(record, 'utf8')) as Evidence).findings
    : []
  const found = new Map(before.map(finding => [finding.id, finding]))
  for (const part of parts.filter(({id}) => asked.includes(id))) {
    const finding = await prove(part)
    found.set(part.id, finding)
    console.log(evidenceText({machine: '', findings: [finding]}).trim())
    // at once: a proof that is interrupted keeps what it has found
    const evidence: Evidence = {machine: machineHere(), findings: ids.flatMap(id => found.get(id) ?? [])}
    writeFileSync(record, `${JSON.stringify(evidence, null, 2)}\n`)
    writeFileSync(page, withEvidence(readFileSync(page, 'utf8'), evidence))
  }
  const evidence = JSON.parse(readFileSync(record, 'utf8')) as Evidence
  console.log(`\n${evidenceText(evidence)}`)
  const failed = evidence.findings.filter(({id, outcome}) => asked.includes(id) && outcome === 'failed')
  if (failed.length > 0) process.exitCode = 1
}
