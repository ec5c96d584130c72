/** `npm run vectors -- DIR [--family NAME] [--json]`: our planner against riak_core's recorded answers. */
import {readdirSync} from 'node:fs'
import {basename, join} from 'node:path'
import {parseArgs} from 'node:util'
import {checkVector} from '../support/check-vector.ts'
import {BadVector, readVectors} from '../support/claim-vectors.ts'

type Family = {
  readonly family: string
  vectors: number
  passed: number
  /** passed, but random beyond any seed: only what always holds was compared */
  bounded: number
  failed: number
  firstDifference?: string
  milliseconds: number
}

const usage = 'npm run vectors -- DIR [--family NAME] [--json]'

async function main(): Promise<number> {
  const {values, positionals} = parseArgs({
    allowPositionals: true,
    options: {family: {type: 'string'}, json: {type: 'boolean', default: false}},
  })
  const [directory] = positionals
  if (directory === undefined || positionals.length > 1) throw new BadVector(`say: ${usage}`)
  const files = vectorFiles(directory, values.family)
  const families: Family[] = []
  for (const file of files) families.push(await runFamily(file))
  const sum = (of: (family: Family) => number): number =>
    families.reduce((total, family) => total + of(family), 0)
  const total = {passed: sum(({passed}) => passed), failed: sum(({failed}) => failed)}
  console.log(values.json ? JSON.stringify({families, ...total}) : table(families))
  console.log(`${total.passed} passed, ${total.failed} failed`)
  return total.failed === 0 ? 0 : 1
}

function vectorFiles(directory: string, family: string | undefined): string[] {
  const files = readdirSync(directory)
    .filter(name => name.endsWith('.jsonl.gz'))
    .filter(name => family === undefined || familyOf(name) === family)
    .sort()
  if (files.length === 0)
    throw new BadVector(`${directory}: no ${family === undefined ? '' : `${family}`}*.jsonl.gz`)
  return files.map(name => join(directory, name))
}

const familyOf = (file: string): string => basename(file, '.jsonl.gz')

async function runFamily(file: string): Promise<Family> {
  const family: Family = {
    family: familyOf(file),
    vectors: 0,
    passed: 0,
    bounded: 0,
    failed: 0,
    milliseconds: 0,
  }
  const started = performance.now()
  for await (const {vector} of readVectors(file)) {
    family.vectors += 1
    const verdict = checkVector(vector)
    if (verdict.outcome === 'different') {
      family.failed += 1
      family.firstDifference ??= `${vector.id}: ${verdict.difference}`
    } else {
      family.passed += 1
      if (verdict.outcome === 'bounded') family.bounded += 1
    }
  }
  family.milliseconds = Math.round(performance.now() - started)
  return family
}

function table(families: readonly Family[]): string {
  const heading = ['family', 'vectors', 'passed', 'of them bounded', 'failed', 'ms', 'first difference']
  const rows = families.map(family => [
    family.family,
    ...[family.vectors, family.passed, family.bounded, family.failed, family.milliseconds].map(String),
    family.firstDifference ?? '',
  ])
  const widths = heading.map((title, at) => Math.max(title.length, ...rows.map(row => row[at]!.length)))
  return [heading, ...rows]
    .map(row =>
      row
        .map((cell, at) =>
          at === 0 || at === row.length - 1 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof BadVector)) throw error
  console.error(`vectors: ${error.message}`)
  process.exitCode = 64
}
