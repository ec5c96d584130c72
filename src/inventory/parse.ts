/**
 * YAML as an inventory may have it: plain maps and lists, each key once, no tags, few aliases. In time that grows with
 * the text and no faster, whatever is in it.
 */
import {type Document, isScalar, LineCounter, parseDocument, visit} from 'yaml'

export type Fault = {
  /** offset in the text */
  readonly at: number
  readonly message: string
  readonly suggestion?: string
}

export type Parsed = {
  readonly document: Document
  readonly counter: LineCounter
  /** what the document says; undefined where something is wrong */
  readonly value: unknown
  /** the first of them */
  readonly faults: readonly Fault[]
}

/** An alias is looked for in the whole document: many of them would take its square. */
const mostAliases = 100

/** More are not read by a person. */
export const mostFaults = 50

export function parseYaml(text: string): Parsed {
  const counter = new LineCounter()
  const document = withoutStacks(() =>
    // the library compares each key of a map with all before it
    parseDocument(text, {lineCounter: counter, prettyErrors: false, uniqueKeys: false, logLevel: 'error'}),
  )
  const parsed = {document, counter, value: undefined}
  if (document.errors.length > 0)
    return {
      ...parsed,
      faults: document.errors
        .slice(0, mostFaults)
        .map(error => ({at: error.pos[0], ...syntaxMessage(error.code, error.message)})),
    }
  try {
    const faults = faultsOf(document)
    if (faults.length > 0) return {...parsed, faults}
    return {...parsed, value: document.toJS({maxAliasCount: mostAliases}), faults: []}
  } catch (error) {
    // aliases of aliases, which would grow without bound
    return {...parsed, faults: [{at: 0, message: (error as Error).message}]}
  }
}

/** A text may have an error in every second character; where in our code each was made is of no use. */
function withoutStacks<T>(work: () => T): T {
  const {stackTraceLimit} = Error
  Error.stackTraceLimit = 0
  try {
    return work()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

function syntaxMessage(code: string, message: string): {message: string; suggestion?: string} {
  if (code === 'TAB_AS_INDENT') return {message: 'a tab is used to indent', suggestion: 'indent with spaces'}
  if (code === 'MULTIPLE_DOCS')
    return {
      message: 'a second document begins here, and an inventory is one',
      suggestion: 'take out the line ---',
    }
  return {message: message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '')}
}

function faultsOf(document: Document): Fault[] {
  const faults: Fault[] = []
  let aliases = 0
  const fault = (node: unknown, message: string): symbol | undefined => {
    faults.push({at: (node as {range?: readonly number[] | null} | null)?.range?.[0] ?? 0, message})
    return faults.length < mostFaults ? undefined : visit.BREAK
  }
  visit(document, {
    Alias: (_, node) => {
      aliases += 1
      if (aliases <= mostAliases) return undefined
      fault(node, `more than ${mostAliases} aliases`)
      return visit.BREAK
    },
    Node: (_, node) => {
      if (!('tag' in node) || node.tag === undefined) return undefined
      return fault(node, 'a tag, which an inventory has none of')
    },
    Map: (_, map) => {
      const known = new Set<string>()
      for (const {key} of map.items) {
        if (!isScalar(key)) {
          if (fault(key ?? map, 'a word is expected as a key') === visit.BREAK) return visit.BREAK
          continue
        }
        const name = String(key.value)
        if (known.has(name) && fault(key, 'the same key stands twice in one map') === visit.BREAK)
          return visit.BREAK
        known.add(name)
      }
      return map.tag === undefined ? undefined : fault(map, 'a tag, which an inventory has none of')
    },
  })
  return faults
}
