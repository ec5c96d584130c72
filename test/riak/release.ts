/**
 * The Riak release that hosts are made of: a tarball, unpacked once into a folder outside the project. All hosts
 * mount its files read-only and have `etc`, `data` and `log` of their own.
 */
import {existsSync, mkdirSync, readdirSync, renameSync, statSync} from 'node:fs'
import {homedir, tmpdir} from 'node:os'
import {basename, dirname, join, resolve} from 'node:path'
import {must} from './command.ts'

/** Everything the harness puts on this machine is below it. */
export const workFolder = join(tmpdir(), 'ringup-riak')

/** A folder of releases, or the tarball of one: `RINGUP_RIAK_RELEASE`, by default `~/.cache/ringup/releases`. */
const place = (): string =>
  resolve(process.env.RINGUP_RIAK_RELEASE || join(homedir(), '.cache/ringup/releases'))

const versionOf = (file: string): string | undefined => /^riak-(.+)\.tar\.xz$/.exec(basename(file))?.[1]

/** Whether it names a tarball, there or not. */
const isOneFile = (path: string): boolean => path.endsWith('.tar.xz') || (existsSync(path) && !isFolder(path))
const isFolder = (path: string): boolean => statSync(path).isDirectory()

/** Taken where nothing else is asked for. */
const usual = '3.2.3'

/**
 * The version that is asked for: `RINGUP_RIAK_VERSION`, else the one of the tarball that `RINGUP_RIAK_RELEASE` names,
 * else 3.2.3, or the newest where the folder has others only.
 */
export function askedVersion(): string {
  if (process.env.RINGUP_RIAK_VERSION) return process.env.RINGUP_RIAK_VERSION
  const path = place()
  if (isOneFile(path)) return versionOf(path) ?? usual
  const found = (existsSync(path) ? readdirSync(path) : []).flatMap(name => versionOf(name) ?? [])
  const newest = found.sort((a, b) => a.localeCompare(b, 'en', {numeric: true})).at(-1)
  return found.includes(usual) || newest === undefined ? usual : newest
}

/** The tarball of a version, there or not. Where `RINGUP_RIAK_RELEASE` names one, others lie beside it. */
export function releaseFile(version: string): string {
  const path = place()
  const name = `riak-${version}.tar.xz`
  if (!isOneFile(path)) return join(path, name)
  const known = versionOf(path)
  return known === undefined || known === version ? path : join(dirname(path), name)
}

/** Where a version lies when it is unpacked, with `bin`, `lib` and the rest in it. */
export const releaseFolder = (version: string): string =>
  // the size tells another build of the same version apart
  join(workFolder, `${version}-${statSync(releaseFile(version)).size}`)

/** Unpacks a version unless that was done before. @param scratch a folder on the same disk, that is removed later */
export async function unpackRelease(version: string, scratch: string): Promise<void> {
  const folder = releaseFolder(version)
  if (existsSync(folder)) return
  const partial = join(scratch, 'release')
  mkdirSync(partial)
  await must([
    ...'tar --extract --strip-components=1 --no-same-owner --directory'.split(' '),
    partial,
    '--file',
    releaseFile(version),
  ])
  try {
    renameSync(partial, folder)
  } catch (error) {
    // another harness may have been faster
    if (!existsSync(folder)) throw error
  }
}
