/** The packages whose code esbuild put into `dist/`, as it says itself in `dist/metafile.json`. */
import {readFileSync} from 'node:fs'
import {root} from './root.ts'

export type Bundled = {
  readonly name: string
  readonly version: string
  /** an SPDX expression */
  readonly license: string
  readonly author: string | undefined
  /** path from the project's root */
  readonly folder: string
}

type Metafile = {
  readonly outputs: Readonly<
    Record<string, {readonly inputs: Readonly<Record<string, {readonly bytesInOutput: number}>>}>
  >
}

type Described = {
  readonly name: string
  readonly version: string
  readonly license?: string
  readonly licenses?: readonly {readonly type: string}[]
  readonly author?: string | {readonly name: string}
}

/** In the order of their names; each version once. Throws for a package that names no licence. */
export function bundledPackages(): Bundled[] {
  const {outputs} = JSON.parse(readFileSync(`${root}dist/metafile.json`, 'utf8')) as Metafile
  const folders = new Set<string>()
  for (const {inputs} of Object.values(outputs))
    for (const [file, {bytesInOutput}] of Object.entries(inputs)) {
      const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0]
      if (folder !== undefined && bytesInOutput > 0) folders.add(folder)
    }
  const packages = new Map([...folders].sort().map(folder => [idOf(describe(folder)), describe(folder)]))
  return [...packages].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, described]) => described)
}

export const idOf = ({name, version}: Pick<Bundled, 'name' | 'version'>): string => `${name}@${version}`

function describe(folder: string): Bundled {
  const {name, version, license, licenses, author} = JSON.parse(
    readFileSync(`${root}${folder}/package.json`, 'utf8'),
  ) as Described
  const expression = license ?? licenses?.map(({type}) => type).join(' OR ')
  if (!expression) throw new Error(`${folder} is bundled and names no licence`)
  return {
    name,
    version,
    license: expression,
    author: typeof author === 'object' ? author.name : author,
    folder,
  }
}
