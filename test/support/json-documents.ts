/** What is printed with `--json`, held against docs/schema. */
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {Ajv, type ValidateFunction} from 'ajv'
import {Ajv2020} from 'ajv/dist/2020.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(root, 'docs/schema')

export const schemaOf = (name: string): {readonly $schema: string} =>
  JSON.parse(readFileSync(join(folder, `${name}.schema.json`), 'utf8'))

const compiled = new Map<string, ValidateFunction>()

function validatorOf(name: string): ValidateFunction {
  const known = compiled.get(name)
  if (known) return known
  const schema = schemaOf(name)
  const options = {allowUnionTypes: true, allErrors: true}
  const ajv = schema.$schema.includes('2020-12') ? new Ajv2020(options) : new Ajv(options)
  const validator = ajv.compile(schema)
  compiled.set(name, validator)
  return validator
}

/** What is wrong with a document; null: nothing. */
export function faultsOf(name: string, document: unknown): unknown {
  const validator = validatorOf(name)
  return validator(document) ? null : validator.errors
}

/** Of text with a JSON document a line. */
export const linesOf = (text: string): unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

type Manifest = {readonly commands: Readonly<Record<string, {readonly enableJsonFlag: boolean}>>}
const {commands}: Manifest = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8'))

/** Ids of the commands that have `--json`, as `lock:show`. */
export const commandIds: readonly string[] = Object.keys(commands).filter(id => commands[id]!.enableJsonFlag)

/** The command that words name, as `runs:list`; undefined: none. */
export function commandNamed(words: readonly string[]): string | undefined {
  const [first = ''] = words
  return [words.slice(0, 2).join(':'), first].find(id => Object.hasOwn(commands, id))
}

const isError = (document: unknown): boolean =>
  typeof document === 'object' &&
  document !== null &&
  'schema' in document &&
  String(document.schema).startsWith('ringup/error/')

/** What is wrong with the documents that a run with `--json` has printed, with each; none: nothing. */
export function printedFaults(args: readonly string[], stdout: string): unknown[] {
  const id = commandNamed(args)
  return documentsIn(stdout).flatMap(document => {
    const name = isError(document) || id === undefined ? 'error' : id.replaceAll(':', '-')
    const faults = faultsOf(name, document)
    return faults === null ? [] : [{name, document, faults}]
  })
}

/** One document on many lines, or one a line. */
function documentsIn(text: string): unknown[] {
  try {
    return [JSON.parse(text)]
  } catch {
    return linesOf(text)
  }
}
