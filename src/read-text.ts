/** Files that others may have written: read when they are files, and no larger than such a file can honestly be. */
import {closeSync, constants, fstatSync, openSync, readSync} from 'node:fs'
import {StringDecoder} from 'node:string_decoder'
import {OpsError} from './errors.ts'

const MiB = 2 ** 20

/** A plan for 65 536 partitions has 20 MiB, an inventory of a thousand hosts 200 KiB, a week's journal 20 MiB. */
export const mostBytes = {document: 32 * MiB, inventory: MiB, journal: 128 * MiB}

export type TextFile = {
  /** `the plan` */
  readonly what: string
  /** bytes */
  readonly most: number
  readonly hint?: string | undefined
}

/** Throws an `OpsError` (exit 64) for what is no file, cannot be read or is too large: nothing is waited for. */
export function readText(file: string, kind: TextFile): string {
  let text = ''
  for (const part of parts(file, kind, kind.most)) text += part
  return text
}

/** Line by line, however many: no more is held than one of them, which may have `most` bytes. Throws as `readText`. */
export function* readLines(file: string, kind: TextFile): Generator<string> {
  let rest = ''
  for (const part of parts(file, kind, Number.POSITIVE_INFINITY)) {
    const lines = (rest + part).split('\n')
    rest = lines.pop()!
    yield* lines
    if (rest.length > kind.most) throw unreadable(file, kind, `a line has more than ${kind.most / MiB} MiB`)
  }
  if (rest !== '') yield rest
}

const unreadable = (file: string, {what, hint}: TextFile, why: string, cause?: unknown): OpsError =>
  new OpsError('usage', `${what} ${file} cannot be read: ${why}`, {hint, cause})

function* parts(file: string, kind: TextFile, most: number): Generator<string> {
  let handle: number
  try {
    // a FIFO without a writer would be waited for
    handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    throw unreadable(file, kind, (error as NodeJS.ErrnoException).code ?? 'unknown', error)
  }
  try {
    const found = fstatSync(handle)
    if (!found.isFile())
      throw unreadable(file, kind, found.isDirectory() ? 'it is a folder' : 'it is no regular file')
    const tooLarge = (): OpsError => unreadable(file, kind, `it has more than ${most / MiB} MiB`)
    if (found.size > most) throw tooLarge()
    const decoder = new StringDecoder('utf8')
    const buffer = Buffer.allocUnsafe(Math.min(MiB, Math.max(found.size, 4096)))
    // it may grow while it is read, and files of /proc have no size
    for (let length = 0, got = -1; got !== 0; length += got) {
      if (length > most) throw tooLarge()
      got = readSync(handle, buffer, 0, buffer.length, null)
      if (got > 0) yield decoder.write(buffer.subarray(0, got))
    }
    const end = decoder.end()
    if (end !== '') yield end
  } finally {
    closeSync(handle)
  }
}
