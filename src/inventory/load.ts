/**
 * Reads an inventory file: syntax, then shape, then meaning. Problems are collected with their places and reported
 * all at once; nothing is thrown for what a person wrote.
 */
import {type Document, isMap, isPair, isScalar, isSeq, type Node} from 'yaml'
import type * as z from 'zod'
import {nearest} from '../nearest.ts'
import type {Inventory, Problem} from './inventory.ts'
import {mostFaults, parseYaml} from './parse.ts'
import {resolveInventory} from './resolve.ts'
import {inventorySchema} from './schema.ts'

export type Loaded =
  | {readonly inventory: Inventory; readonly problems: readonly []}
  | {readonly inventory?: undefined; readonly problems: readonly Problem[]}

/** A path into the document, as zod and yaml both give it. */
export type Path = readonly (string | number)[]

/** @param home replaces `~` in file names, which are all ssh's */
export function loadInventory(text: string, file: string, home: string): Loaded {
  const {document, counter, value, faults} = parseYaml(text)
  const place = (offset: number): Pick<Problem, 'file' | 'line' | 'column'> => {
    const {line, col} = counter.linePos(offset)
    return {file, line, column: col}
  }
  if (faults.length > 0)
    return {problems: faults.map(({at, ...fault}) => ({...place(at), code: 'syntax', ...fault}))}
  const parsed = inventorySchema.safeParse(value)
  if (!parsed.success) {
    const problems = parsed.error.issues
      .slice(0, mostFaults)
      .flatMap(issue => shapeProblems(issue, document, offset => place(offset)))
    return {problems: problems.sort(byPlace).slice(0, mostFaults)}
  }
  const resolved = resolveInventory(parsed.data, {file, home})
  if ('problems' in resolved) {
    return {
      problems: resolved.problems
        .map(({path, ...problem}) => ({...place(offsetOf(document, path)), ...problem}))
        .sort(byPlace),
    }
  }
  return {inventory: resolved.inventory, problems: []}
}

const byPlace = (a: Problem, b: Problem): number => a.line - b.line || a.column - b.column

function shapeProblems(
  issue: z.core.$ZodIssue,
  document: Document,
  place: (offset: number) => Pick<Problem, 'file' | 'line' | 'column'>,
): Problem[] {
  const path = issue.path as Path
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(path)
    return issue.keys.slice(0, mostFaults).map(key => {
      const near = nearest(key, known)
      return {
        ...place(keyOffset(document, path, key)),
        code: 'unknown-key',
        message: `unknown key ${JSON.stringify(key)}${path.length === 0 ? '' : ` in ${pathText(path)}`}`,
        suggestion: near ? `did you mean ${near}?` : `known keys: ${known.join(', ')}`,
      }
    })
  }
  const missing = issue.code === 'invalid_type' && document.getIn(path) === undefined
  return [
    {
      ...place(offsetOf(document, path)),
      code: 'value',
      message: missing
        ? `${pathText(path)} is missing: ${issue.message}`
        : `${pathText(path)}: ${issue.message}`,
      ...(isPlainNumber(document, path)
        ? {suggestion: `YAML reads it as a number: write it in quotes, as "${sourceAt(document, path)}"`}
        : {}),
    },
  ]
}

/** A word without quotes that YAML takes for a number, and that would do as a text. */
function isPlainNumber(document: Document, path: Path): boolean {
  const node = document.getIn(path, true)
  return isScalar(node) && typeof node.value === 'number' && isTextAt(path, sourceAt(document, path))
}

const sourceAt = (document: Document, path: Path): string => {
  const node = document.getIn(path, true)
  return isScalar(node) ? (node.source ?? String(node.value)) : ''
}

const isTextAt = (path: Path, text: string): boolean =>
  (unwrapped(schemaAt(path)) as Partial<z.ZodType> | undefined)?.safeParse?.(text).success === true

/** `hosts[2].ssh.port` */
const pathText = (path: Path): string =>
  path.map((step, at) => (typeof step === 'number' ? `[${step}]` : at === 0 ? step : `.${step}`)).join('') ||
  'the inventory'

/** Keys that the schema knows at a path. */
const keysAt = (path: Path): string[] =>
  Object.keys((unwrapped(schemaAt(path)) as {shape?: object} | undefined)?.shape ?? {})

function schemaAt(path: Path): unknown {
  let schema: unknown = inventorySchema
  for (const step of path) {
    schema = unwrapped(schema)
    if (typeof step === 'number') schema = (schema as {element?: unknown} | undefined)?.element
    else schema = (schema as {shape?: Record<string, unknown>} | undefined)?.shape?.[step]
  }
  return schema
}

function unwrapped(schema: unknown): unknown {
  let inner = schema as {unwrap?: () => unknown; def?: {type?: string}}
  while (inner?.def?.type === 'optional' && inner.unwrap) inner = inner.unwrap() as typeof inner
  return inner
}

/** Where a path's value begins; the nearest thing above it that is there, when it is not. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = (length === 0 ? document.contents : document.getIn(path.slice(0, length), true)) as
      | Node
      | undefined
      | null
    if (node?.range) return node.range[0]
  }
  return 0
}

function keyOffset(document: Document, path: Path, key: string): number {
  const holder = path.length === 0 ? document.contents : document.getIn(path, true)
  if (isMap(holder)) {
    const pair = holder.items.find(item => isPair(item) && isScalar(item.key) && item.key.value === key)
    if (isScalar(pair?.key) && pair.key.range) return pair.key.range[0]
  }
  return isSeq(holder) || isMap(holder) ? (holder.range?.[0] ?? 0) : 0
}
