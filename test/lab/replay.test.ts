/** Every command that was recorded on real Riak, answered by the practice ring. */
import {describe, expect, it} from 'vitest'
import {advance} from '../../src/lab/model/world.ts'
import {shapeOf} from '../support/answer-shape.ts'
import {type Episode, episodes} from '../support/recorded-episodes.ts'
import {recordedMoment} from '../support/recorded-moments.ts'
import {type Played, play, type Recorded, recordedEpisode} from '../support/replay-lab.ts'

type How = 'exact' | 'given' | 'shape' | 'left out'

/** `0-2 5` -> 0, 1, 2, 5 */
const numbersOf = (ranges = ''): number[] =>
  ranges
    .split(' ')
    .filter(Boolean)
    .flatMap(range => {
      const [from, to = from] = range.split('-').map(Number) as [number, number?]
      return Array.from({length: to! - from + 1}, (_, at) => from + at)
    })

function tableOf({exact, given, shape, leftOut = {}}: Episode): Map<number, How> {
  const table = new Map<number, How>()
  const add = (how: How, numbers: readonly number[]): void => {
    for (const number of numbers) {
      if (table.has(number)) throw new Error(`command ${number} stands twice in the table`)
      table.set(number, how)
    }
  }
  add('exact', numbersOf(exact))
  add('given', numbersOf(given))
  add('shape', numbersOf(shape))
  add('left out', numbersOf(Object.keys(leftOut).join(' ')))
  return table
}

/** Recorded with CR LF turned into LF, and with the data in another folder. */
const plain = ({exit, stdout, stderr}: Played): Played => ({
  exit,
  stdout: stdout.replaceAll('\r\n', '\n'),
  stderr,
})
const onOurHosts = (command: string): string => command.replaceAll('/opt/riak/data', '/var/lib/riak')

function compare(how: How, recorded: Recorded, inStory: Played, base: Episode['base']): void {
  const {command, host} = recorded
  const {exit, stdout, stderr} = recorded
  const moment = (): Played => {
    if (!base) throw new Error('no ring is given for this episode')
    return play(recordedMoment(recorded, base), host, command)
  }
  if (how === 'exact') expect(plain(inStory)).toEqual({exit, stdout, stderr})
  if (how === 'given') expect(plain(moment())).toEqual({exit, stdout, stderr})
  if (how === 'shape') {
    const isMoment = base !== undefined && !command.includes('wait-for-service')
    expect(shapeOf(command, isMoment ? moment() : inStory)).toEqual(shapeOf(command, recorded))
  }
}

/** The first line in which two answers differ, when that is what an error is about. */
function difference(error: unknown): string {
  const {message, expected, actual} = error as Error & {expected?: unknown; actual?: unknown}
  const lines = (value: unknown): string[] =>
    (typeof value === 'string' ? value : (JSON.stringify(value, undefined, 1) ?? ''))
      .replaceAll('\\n', '\n')
      .split('\n')
  const [wanted, got] = [lines(expected), lines(actual)]
  const at = wanted.findIndex((line, position) => line !== got[position])
  return at < 0 ? message : `recorded: ${wanted[at]?.slice(0, 300)}\nanswered: ${got[at]?.slice(0, 300)}`
}

describe.each(episodes)('$name', episode => {
  const commands = recordedEpisode(episode.name)
  const table = tableOf(episode)

  it('has a row in the table for every recorded command', () => {
    expect([...table.keys()].sort((a, b) => a - b)).toEqual(commands.map((_, at) => at))
  })

  it('is answered as recorded', () => {
    const world = episode.begin()
    const problems: string[] = []
    for (const [at, recorded] of commands.entries()) {
      episode.before?.[at]?.(world)
      const began = world.now
      const answer = play(world, recorded.host, onOurHosts(recorded.command))
      try {
        compare(table.get(at)!, recorded, answer, episode.base)
      } catch (error) {
        problems.push(`${at} ${recorded.host} ${recorded.command.slice(0, 100)}\n${difference(error)}`)
      }
      advance(world, Math.max(world.now, began + recorded.ms))
    }
    expect(problems.join('\n\n')).toBe('')
  })
})

it('compares nine of ten recorded commands, most of them to the byte', () => {
  const counts: Record<How, number> = {exact: 0, given: 0, shape: 0, 'left out': 0}
  for (const episode of episodes) for (const how of tableOf(episode).values()) counts[how] += 1
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0)

  expect(all).toBe(370)
  expect(counts['left out'] / all).toBeLessThan(0.1)
  expect((counts.exact + counts.given) / all).toBeGreaterThan(0.85)
})
