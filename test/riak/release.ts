/**
 * The Riak release that hosts are made of: a tarball, unpacked once into a folder outside the project. All hosts
 * mount its files read-only and have `etc`, `data` and `log` of their own.
 */
import {existsSync, mkdirSync, renameSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {basename, dirname, join, resolve} from 'node:path'
import {must} from './command.ts'

const projectRoot = resolve(import.meta.dirname, '../..')

/** Everything the harness puts on this machine is below it. */
export const workFolder = join(tmpdir(), 'ringup-riak')

const named = (): string | undefined => process.env.RINGUP_RIAK_RELEASE || undefined

const versionOf = (file: string | undefined): string | undefined =>
  file && /^riak-(.+)\.tar\.\w+$/.exec(basename(file))?.[1]

/** The version that is asked for: `RINGUP_RIAK_VERSION`, else the one of `RINGUP_RIAK_RELEASE`, else 3.2.3. */
export const askedVersion = (): string => process.env.RINGUP_RIAK_VERSION || versionOf(named()) || '3.2.3'

/** The tarball of a version. `RINGUP_RIAK_RELEASE` names one; others lie beside it. */
export function releaseFile(version: string): string {
  const file = resolve(projectRoot, named() ?? '../shared/riak-node/riak-3.2.3.tar.xz')
  const known = versionOf(file)
  return known === undefined || known === version ? file : join(dirname(file), `riak-${version}.tar.xz`)
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
