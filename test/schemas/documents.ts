/** What is printed with `--json`, and what is kept in files: each document with where its shape is said. */
import {inventoryJsonSchema} from '../../src/inventory/schema.ts'
import {snapshotJsonSchema} from '../../src/snapshot/schema.ts'

export type Shape =
  /** what the command's `run` promises, in its file */
  | {readonly run: string}
  /** an exported type of a file */
  | {readonly type: string; readonly file: string}
  /** a JSON Schema that the program has itself */
  | {readonly schema: () => object}

export type Document = {
  /** in docs/schema, without `.schema.json` */
  readonly name: string
  readonly title: string
  readonly shape: Shape
}

/** Shapes that are no command's promise: lines, files, errors. */
const others: readonly Document[] = [
  {
    name: 'error',
    title: 'what every command prints with --json when it fails',
    shape: {type: 'ErrorDocument', file: 'src/cli/failure.ts'},
  },
  {
    name: 'inventory',
    title: 'ringup inventory',
    shape: {schema: inventoryJsonSchema},
  },
  {
    name: 'journal',
    title: 'a line of the journal of a run',
    shape: {type: 'JournalEvent', file: 'src/journal/events.ts'},
  },
  {
    name: 'recording',
    title: 'a line of what watch --record keeps',
    shape: {type: 'RecordingLine', file: 'src/state/recording.ts'},
  },
]

/** Commands whose `run` does not promise what is printed. */
const ofCommands: Readonly<Record<string, Shape>> = {
  'inventory:schema': {schema: () => ({$ref: 'https://json-schema.org/draft/2020-12/schema'})},
  // shape and schema of a snapshot are one: it is read back from files
  snapshot: {schema: snapshotJsonSchema},
  // a line a reading
  watch: {type: 'Status', file: 'src/watch/status.ts'},
}

const documentOf = (id: string): Document => {
  const words = id.replaceAll(':', ' ')
  return {
    name: words.replaceAll(' ', '-'),
    title: `what ringup ${words} --json prints`,
    shape: ofCommands[id] ?? {run: `commands/${id.replaceAll(':', '/')}.ts`},
  }
}

/** @param ids of all commands, as `lock:show` */
export const documentsOf = (ids: readonly string[]): Document[] =>
  [...ids.map(documentOf), ...others].sort((a, b) => (a.name < b.name ? -1 : 1))
