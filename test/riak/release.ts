/**
 * The Riak release that hosts are made of: a tarball, unpacked once into a folder outside the project. All hosts
 * mount its files read-only and have `etc`, `data` and `log` of their own.
 */
import {existsSync, mkdirSync, renameSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {basename, join, resolve} from 'node:path'
import {must} from './command.ts'

const projectRoot = resolve(import.meta.dirname, '../..')

/** Everything the harness puts on this machine is below it. */
export const workFolder = join(tmpdir(), 'ringup-riak')

/** The version that is asked for: `RINGUP_RIAK_VERSION`, else 3.2.3. */
export const askedVersion = (): string => process.env.RINGUP_RIAK_VERSION || '3.2.3'

/** The tarball of a version. `RINGUP_RIAK_RELEASE` names one; another version lies beside it. */
export function releaseFile(version: string): string {
  const named = process.env.RINGUP_RIAK_RELEASE
  const file = resolve(projectRoot, named || '../shared/riak-node/riak-3.2.3.tar.xz')
  return named && !process.env.RINGUP_RIAK_VERSION ? file : join(file, `../riak-${version}.tar.xz`)
}

/** Unpacks a release unless that was done before; returns the folder with `bin`, `lib` and the rest. */
export async function unpackedRelease(version: string): Promise<string> {
  const file = releaseFile(version)
  // the size tells another build of the same version apart
  const name = `${basename(file).replace(/^riak-|\.tar\.\w+$/g, '')}-${statSync(file).size}`
  const folder = join(workFolder, name)
  if (!existsSync(folder)) {
    const partial = `${folder}.${process.pid}`
    mkdirSync(partial, {recursive: true})
    await must(['tar', '-x', '-f', file, '-C', partial, '--strip-components=1', '--no-same-owner'])
    try {
      renameSync(partial, folder)
    } catch (error) {
      // another harness was faster
      rmSync(partial, {recursive: true, force: true})
      if (!existsSync(folder)) throw error
    }
  }
  return folder
}
