/** The package as `npm install` takes it. */
import {execFileSync} from 'node:child_process'
import {join} from 'node:path'
import {writeLists} from './lists.ts'
import {root} from './root.ts'

export type Tarball = {
  readonly file: string
  /** bytes */
  readonly size: number
  /** paths from the project's root */
  readonly contents: readonly string[]
}

type Packed = {
  readonly filename: string
  readonly size: number
  readonly files: readonly {readonly path: string}[]
}

/** Writes `ringup-VERSION.tgz` into a folder that is there. */
export function makeTarball(folder: string): Tarball {
  writeLists()
  // its lists are written: the script `prepack` would only do it again
  const said = execFileSync(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--loglevel=error', '--pack-destination', folder],
    {cwd: root, encoding: 'utf8'},
  )
  const [packed] = Object.values(JSON.parse(said) as Packed[])
  const {filename, size, files} = packed!
  return {file: join(folder, filename), size, contents: files.map(({path}) => path)}
}
