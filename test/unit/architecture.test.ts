import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {circleAmong, type Import, importsOf, sourcesBelow} from '../support/imports.ts'

const root = join(import.meta.dirname, '../..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

const files = [...sourcesBelow('src'), ...sourcesBelow('commands')]
const imports = files.flatMap(importsOf)

type Room = {
  readonly name: string
  readonly isPure: boolean
  /** `plan`, `riak/releases`; with ` types` behind it: types only */
  readonly may: readonly string[]
}

/** The rows of ARCHITECTURE's table of rooms. */
const rooms = [
  ...read('ARCHITECTURE.md').matchAll(/^\| `(?:src\/)?([^`]+?)\/?` +\|([^|]*)\|([^|]*)\|$/gm),
].map(
  ([, name, decides, may]): Room => ({
    name: name!.replace(/\.ts$/, ''),
    isPure: /^ *pure\b/.test(decides!),
    may: [...may!.matchAll(/`([^`]+)`( \(types\))?/g)].map(
      ([, to, types]) => `${to}${types ? ' types' : ''}`,
    ),
  }),
)

/** `src/ring/claim/stripe.ts` -> `ring`, `src/units.ts` -> `units`, `commands/lab/up.ts` -> `commands/lab` */
function roomOf(file: string): string {
  if (file.startsWith('commands/lab/')) return 'commands/lab'
  if (file.startsWith('commands/')) return 'commands'
  return file.split('/')[1]!.replace(/\.ts$/, '')
}

const arrow = ({from, to}: Import): string => `${from} -> ${to}`

function isAllowed({from, to, typesOnly}: Import): boolean {
  const [own, other] = [roomOf(from), roomOf(to)]
  if (own === other) return true
  const {may = []} = rooms.find(({name}) => name === own) ?? {}
  const file = to.replace(/^src\//, '').replace(/\.tsx?$/, '')
  return [other, file, file.split('/').slice(0, 2).join('/')].some(
    name => may.includes(name) || (typesOnly && may.includes(`${name} types`)),
  )
}

describe('the rooms of ARCHITECTURE', () => {
  it('are those that there are', () => {
    const there = new Set(
      files.filter(file => file.split('/').length > 2 || file === 'src/main.ts').map(roomOf),
    )

    expect(rooms.map(({name}) => name).sort()).toEqual([...there].sort())
  })

  it('import what the table allows, and nothing else', () => {
    const wrong = imports.filter(
      one => one.isOurs && rooms.some(({name}) => name === roomOf(one.from)) && !isAllowed(one),
    )

    expect(wrong.map(arrow)).toEqual([])
  })

  it('have no row for what is not imported', () => {
    const idle = rooms.flatMap(({name, may}) =>
      may
        .map(to => to.replace(/ types$/, ''))
        .filter(
          to =>
            !imports.some(
              one =>
                one.isOurs &&
                roomOf(one.from) === name &&
                one.to
                  .replace(/^src\//, '')
                  .replace(/\.tsx?$/, '')
                  .startsWith(to),
            ),
        )
        .map(to => `${name} -> ${to}`),
    )

    expect(idle).toEqual([])
  })

  it('that are called pure ask neither Node nor the terminal', () => {
    const pure = new Set(rooms.filter(({isPure}) => isPure).map(({name}) => name))
    const wrong = imports.filter(
      ({from, to, isOurs, typesOnly}) =>
        pure.has(roomOf(from)) && !isOurs && !typesOnly && to !== 'zod' && to !== 'node:crypto',
    )

    expect(pure.size).toBeGreaterThan(4)
    expect(wrong.map(arrow)).toEqual([])
  })

  it('have no circles, not even for a type', () => {
    expect(circleAmong(imports)).toBeUndefined()
  })
})

describe('use-cases', () => {
  it('know neither oclif nor ink, no report and no exit status', () => {
    const actions = sourcesBelow('src/actions')
    const wrong = actions
      .flatMap(importsOf)
      .filter(({to}) => /^(?:@oclif|ink$|react)|src\/(?:report|cli|tui)\//.test(to))

    expect(actions.length).toBeGreaterThan(20)
    expect(wrong.map(arrow)).toEqual([])
    for (const file of actions) expect(read(file), file).not.toMatch(/process\.(?:exitCode|argv|std)/)
  })

  it('leave the edge small', () => {
    const lines = sourcesBelow('src/cli').reduce((sum, file) => sum + read(file).split('\n').length - 1, 0)

    expect(lines).toBeLessThanOrEqual(900)
  })

  it('alone reach what changes a cluster through execute', () => {
    const writers = imports.filter(({to}) => to === 'src/riak/mutation.ts').map(({from}) => roomOf(from))

    expect(new Set(writers)).toEqual(new Set(['execute']))
  })
})

describe('the exit status', () => {
  it('is set in one place', () => {
    const setters = files
      .filter(file => !file.startsWith('src/package/'))
      .filter(file => /process\.exitCode\s*(?:\?\?)?=/.test(read(file)))

    expect(setters).toEqual(['src/cli/lost-output.ts', 'src/main.ts'])
  })
})
