/**
 * What V8 made of a program, kept in the cache folder of whoever runs it. V8 runs it unseen, so nothing is read that
 * somebody else could have written; whatever is wrong with it, the program is compiled as if nothing were there.
 */
import {createHash, randomBytes} from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs'
import {dirname, isAbsolute, join} from 'node:path'
import {homeFolder} from '../who-is-here.ts'

/** A command, and what tells the program it is in from all others. */
export type Place = {readonly id: string; readonly stamp: string}

/** Undefined: nothing is kept, or not for this program on this Node, or it is damaged or not ours alone. */
export function keptCode(place: Place): Buffer | undefined {
  try {
    const bytes = readOurs(fileOf(place))
    const code = bytes.subarray(digestLength)
    return digestOf(place, code).equals(bytes.subarray(0, digestLength)) ? code : undefined
  } catch {
    return undefined
  }
}

/** Does nothing where it cannot be kept. */
export function keepCode(place: Place, code: Buffer): void {
  const file = fileOf(place)
  const partial = `${file}.${randomBytes(6).toString('hex')}.partial`
  try {
    if (!makeFolder(dirname(file))) return
    writeFileSync(partial, Buffer.concat([digestOf(place, code), code]), {flag: 'wx', mode: 0o600})
    renameSync(partial, file)
  } catch {
    rmSync(partial, {force: true})
  }
}

const digestLength = 32

/** V8 would take a damaged one, and one of another text as long as ours. */
const digestOf = ({stamp}: Place, code: Buffer): Buffer =>
  createHash('sha256').update(`${stamp} ${process.version} ${process.arch}\n`).update(code).digest()

const fileOf = ({id}: Place): string => join(cacheFolder(process.env), `${id.replaceAll(':', '-')}.code`)

/** `$XDG_CACHE_HOME/ringup`; a path that is not absolute is passed over. */
const cacheFolder = ({XDG_CACHE_HOME: home = ''}: NodeJS.ProcessEnv): string =>
  join(isAbsolute(home) ? home : join(homeFolder(), '.cache'), 'ringup')

/** Ours, and writable by nobody else: `sudo` that leaves HOME as it was finds another user's. */
const isOursAlone = ({uid, mode}: Stats): boolean => uid === process.geteuid?.() && (mode & 0o022) === 0

/** Throws where it is not there or not ours alone. */
function readOurs(file: string): Buffer {
  const handle = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    if (!isOursAlone(lstatSync(dirname(file))) || !isOursAlone(fstatSync(handle)))
      throw new Error(`${file} is not ours alone`)
    return readFileSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Made only where it would be in a folder of ours. */
function makeFolder(folder: string): boolean {
  const found = lstatSync(folder, {throwIfNoEntry: false})
  if (found) return isOursAlone(found)
  const above = dirname(folder)
  if (!isOursAlone(lstatSync(above, {throwIfNoEntry: false}) ?? lstatSync(dirname(above)))) return false
  return mkdirSync(folder, {recursive: true, mode: 0o700}) !== undefined
}
