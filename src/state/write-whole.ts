/**
 * Files that a person has named to be written. ringup overwrites none of another kind: what is there must be empty, or
 * of the kind that is to be written, told by its first bytes.
 */
import {closeSync, constants, fstatSync, lstatSync, openSync, readSync, statSync, writeSync} from 'node:fs'
import {resolve} from 'node:path'
import {OpsError} from '../errors.ts'
import {writePrivate} from '../write-private.ts'

/** What a file of each kind begins with, as each ringup has written it; `ends` where nothing at the beginning tells. */
const kinds = {
  plan: {begins: /^\s*\{\s*"schema"\s*:\s*"ringup\/plan\//},
  snapshot: {begins: /^\s*\{\s*"schema"\s*:\s*"ringup\/snapshot\//},
  campaign: {begins: /^\s*\{\s*"schema"\s*:\s*"ringup\/campaign\//},
  'run report': {begins: /^\s*\{\s*"schema"\s*:\s*"ringup\/run-report\//},
  'diagnosis bundle': {begins: /^\s*\{\s*"ringup"\s*:\s*"ringup\/diagnosis-bundle\//},
  'JUnit file': {begins: /^<\?xml [^>]*>\s*<testsuites name="ringup check /},
  // in any format: one may take the place of another
  report: {
    begins:
      /^### ringup (?:plan|campaign|run)\b|^<!doctype html>[\s\S]{0,1000}<title>ringup (?:plan|campaign|run)\b|^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" class="fg" role="img"|^run {2,}\S[\s\S]{0,2000}\n +planned +actual\n|^[\s\S]{0,2000}?: \d+ to \d+\s+nodes,\s+\d+\s+a\s+day;/,
    ends: /\ndigest sha256:[0-9a-f]{64}\n$/,
  },
  // written once, and a person's from then on
  inventory: {begins: /^(?!)/},
} as const satisfies Readonly<Record<string, {readonly begins: RegExp; readonly ends?: RegExp}>>

export type OutputKind = keyof typeof kinds

/**
 * The file is there whole or not at all; mode 0600. What is no regular file, as a pipe or `/dev/null`, is written to,
 * not replaced. Throws an `OpsError` (exit 64) when it cannot be written, or would replace something else.
 */
export function writeWhole(file: string, text: string, kind: OutputKind): void {
  const place = refuseOther(file, kind)
  try {
    if (place === 'file') writePrivate(file, text)
    else writeInto(file, text)
  } catch (error) {
    throw unwritable(file, (error as NodeJS.ErrnoException).code ?? 'unknown', error)
  }
}

/** The same refusals without writing: before any host is asked. What is to be written to where it passes. */
export function refuseOther(file: string, kind: OutputKind): 'file' | 'device' {
  let found: ReturnType<typeof lstatSync>
  try {
    found = lstatSync(file)
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return 'file'
    throw unwritable(file, code ?? 'unknown', error)
  }
  if (found.isDirectory()) throw unwritable(file, 'it is a folder')
  // what the system itself links there is this process's own output
  if (found.isSymbolicLink() && isOfSystem(file)) return 'device'
  if (found.isSymbolicLink()) {
    if (isDevice(file)) return 'device'
    // somebody may have planted it; to replace it is not what was asked for either
    throw unwritable(file, 'it is a symbolic link', undefined, 'name the file itself')
  }
  if (!found.isFile()) return 'device'
  if (found.size > 0 && !isOfKind(file, kind))
    throw unwritable(
      file,
      `it exists and is no ${kind} of ringup, which overwrites nothing else`,
      undefined,
      'name another file, or move this one away',
    )
  return 'file'
}

/** A name for a hint that can be typed: the file's own where it may be written, else another. */
export function writableName(file: string, kind: OutputKind, otherwise: string): string {
  try {
    return refuseOther(file, kind) === 'file' ? file : otherwise
  } catch {
    return otherwise
  }
}

const isOfSystem = (file: string): boolean => /^\/(?:dev|proc)\//.test(resolve(file))

function isDevice(file: string): boolean {
  try {
    const found = statSync(file)
    return !found.isFile() && !found.isDirectory()
  } catch {
    return false
  }
}

function isOfKind(file: string, kind: OutputKind): boolean {
  const {begins, ends = undefined} = kinds[kind] as {begins: RegExp; ends?: RegExp}
  let handle: number
  try {
    handle = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    throw unwritable(file, (error as NodeJS.ErrnoException).code ?? 'unknown', error)
  }
  try {
    const {size} = fstatSync(handle)
    const part = (at: number): string => {
      const buffer = Buffer.alloc(Math.min(size, 4096))
      return buffer.toString('utf8', 0, readSync(handle, buffer, 0, buffer.length, at))
    }
    return begins.test(part(0)) || (ends?.test(part(Math.max(0, size - 4096))) ?? false)
  } finally {
    closeSync(handle)
  }
}

function writeInto(file: string, text: string): void {
  const own = ownOutput(file)
  if (own !== undefined) {
    writeAll(own, text)
    return
  }
  // a pipe that no one reads is an error at once, and not waited for
  const reader = openSync(file, constants.O_WRONLY | constants.O_NONBLOCK)
  try {
    const handle = openSync(file, constants.O_WRONLY)
    try {
      writeAll(handle, text)
    } finally {
      closeSync(handle)
    }
  } finally {
    closeSync(reader)
  }
}

/** `/dev/stdout` and its like: a socket has no other way in than the handle that we have. */
function ownOutput(file: string): number | undefined {
  const [, name, number] =
    /^\/(?:dev|proc\/self)\/(?:(stdout|stderr)|fd\/(\d{1,6}))$/.exec(resolve(file)) ?? []
  if (number !== undefined) return Number(number)
  return name === undefined ? undefined : name === 'stdout' ? 1 : 2
}

function writeAll(handle: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; )
    try {
      at += writeSync(handle, bytes, at)
    } catch (error) {
      // whoever reads it is slower than we are
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }
}

const unwritable = (file: string, why: string, cause?: unknown, hint?: string): OpsError =>
  new OpsError('usage', `${file} cannot be written: ${why}`, {cause, hint})
