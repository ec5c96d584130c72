/** Who imports what among the sources, read from their text. */
import {readdirSync, readFileSync} from 'node:fs'
import {dirname, join, relative, resolve} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

export type Import = {
  /** from the project's root */
  readonly from: string
  /** a file from the project's root, or the name of a package */
  readonly to: string
  readonly isOurs: boolean
  /** nothing of it is there when the program runs */
  readonly typesOnly: boolean
  /** when it is asked for, by `import()` */
  readonly isLazy: boolean
}

const statement = /(?:^|\n)\s*(?:import|export)\s+(type\s)?(?:[\w*\s{},]*?\sfrom\s+)?'([^']+)'/g
const call = /\bimport\(\s*'([^']+)'\s*\)/g

export function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8')
  const found = (to: string, typesOnly: boolean, isLazy: boolean): Import => {
    const isOurs = to.startsWith('.')
    return {
      from: file,
      to: isOurs ? relative(root, resolve(root, dirname(file), to)) : to,
      isOurs,
      typesOnly,
      isLazy,
    }
  }
  return [
    ...[...text.matchAll(statement)].map(([, type, to]) => found(to!, type !== undefined, false)),
    ...[...text.matchAll(call)].map(([, to]) => found(to!, false, true)),
  ]
}

/** TypeScript below a folder, from the project's root. */
export const sourcesBelow = (folder: string): string[] =>
  readdirSync(join(root, folder), {recursive: true, withFileTypes: true})
    .filter(entry => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map(entry => relative(root, join(entry.parentPath, entry.name)))
    .sort()

/** The first circle of imports, types counted too; undefined: there is none. */
export function circleAmong(imports: readonly Import[]): string[] | undefined {
  const next = new Map<string, string[]>()
  for (const {from, to, isOurs, isLazy} of imports)
    if (isOurs && !isLazy) next.set(from, [...(next.get(from) ?? []), to])
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): string[] | undefined => {
    const at = path.indexOf(file)
    if (at >= 0) return [...path.slice(at), file]
    if (done.has(file)) return undefined
    done.add(file)
    for (const to of next.get(file) ?? []) {
      const circle = visit(to, [...path, file])
      if (circle) return circle
    }
    return undefined
  }
  for (const file of next.keys()) {
    const circle = visit(file, [])
    if (circle) return circle
  }
  return undefined
}
