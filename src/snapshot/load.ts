/** Reads a snapshot file: shape first, then whether such a ring can be. */
import {parseJson} from '../bounded-json.ts'
import {OpsError} from '../errors.ts'
import {snapshotProblems} from '../ring/ring-problems.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import {snapshotSchema} from './schema.ts'
import {wrongFields} from './wrong-field.ts'

/** Throws an `OpsError` (exit 64) that names every field that is wrong, up to ten. */
export function loadSnapshot(text: string, file: string): Snapshot {
  let value: unknown
  try {
    value = parseJson(text)
  } catch (error) {
    throw impossible(file, [`it is not JSON: ${(error as Error).message}`])
  }
  return checkedSnapshot(value, file)
}

/** The same for what is parsed already. */
export function checkedSnapshot(value: unknown, file: string): Snapshot {
  const parsed = snapshotSchema.safeParse(value)
  if (!parsed.success) throw impossible(file, wrongFields(parsed.error.issues), isSnapshot(value))
  const snapshot = parsed.data
  const problems = snapshotProblems(snapshot).map(({field, problem}) => `${field}: ${problem}`)
  if (problems.length > 0) throw impossible(file, problems, true)
  return snapshot
}

/** A damaged one may be written again; what is something else is not what a hint may lead to. */
function isSnapshot(value: unknown): boolean {
  const {schema} = Object(value) as {readonly schema?: unknown}
  return typeof schema === 'string' && schema.startsWith('ringup/snapshot/')
}

const impossible = (file: string, problems: readonly string[], again = false): OpsError =>
  new OpsError(
    'usage',
    `${file} is no snapshot that can be planned on: ${problems.slice(0, 10).join('; ')}${problems.length > 10 ? `; and ${problems.length - 10} more` : ''}`,
    {
      hint: `take it again: ringup snapshot --out ${again && !/:\d+$/.test(file) ? file : 'ring.json'}`,
      facts: {problems},
    },
  )
