/**
 * The pairs of two operators: what the first one runs, where its run is when the second one begins, and what that one
 * runs. Each has a number, its seed, which says everything of it.
 */
import {randomFrom} from '../support/random.ts'

/** Lines of a journal, of one node that is added. */
export const firsts = {add: 44, apply: 44, 'grow next': 44, resume: 30, abandon: 20} as const
export type First = keyof typeof firsts

export const seconds = ['add', 'apply', 'grow next', 'resume', 'abandon', 'lock release'] as const
export type Second = (typeof seconds)[number]

/** What becomes of the first one as the second begins; `sleeps`: for so long that its lock is anybody's. */
const fates = ['waits', 'goes on', 'is killed', 'sleeps'] as const

export type PairCell = {
  readonly seed: number
  readonly first: First
  /** of the first one's journal: it has just been written */
  readonly line: number
  readonly second: Second
  readonly fate: (typeof fates)[number]
  /** one state directory for both, and with it one machine and login */
  readonly sharesState: boolean
  /** one login on the hosts for both */
  readonly sharesLogin: boolean
  /** the second cannot see the first one's process: it is on another machine */
  readonly elsewhere: boolean
  /** what the second adds */
  readonly host: 'r04' | 'r05'
  /** of a run that is resumed or abandoned, the line at which it was killed before */
  readonly killedAt: number
  /** what the second does once it has taken the lock away */
  readonly afterwards: 'add' | 'resume'
}

/** Every pair at every line, in an order in which the first few hundred are a fair sample. */
const order = ((): readonly Pick<PairCell, 'first' | 'line' | 'second'>[] => {
  const all = Object.entries(firsts).flatMap(([first, lines]) =>
    seconds.flatMap(second =>
      Array.from({length: lines}, (_, at) => ({first: first as First, line: at + 1, second})),
    ),
  )
  return randomFrom(15).some(all, all.length)
})()

export const pairCount = order.length

/** @param seed from 1 on */
export function pairCell(seed: number): PairCell {
  const random = randomFrom(seed)
  const cell = order[(seed - 1) % order.length]!
  const sharesState = random.chance(0.25)
  return {
    seed,
    ...cell,
    fate: random.pick(fates),
    sharesState,
    sharesLogin: sharesState || random.chance(0.4),
    elsewhere: !sharesState && random.chance(0.5),
    host: random.pick(['r04', 'r05']),
    killedAt: random.pick(cell.first === 'abandon' ? [19, 21, 24, 30] : [3, 12, 14, 19, 21, 24, 28, 30, 31]),
    afterwards: random.pick(['add', 'resume']),
  }
}

export const pairName = ({
  seed,
  first,
  line,
  second,
  fate,
  sharesState,
  sharesLogin,
  elsewhere,
}: PairCell): string =>
  `seed ${String(seed).padStart(4)}: ${first.padEnd(9)} ${fate.padEnd(9)} at line ${String(line).padStart(2)}, then ${second.padEnd(12)} (${[
    sharesState ? 'one state directory' : 'two',
    ...(sharesLogin ? ['one login'] : []),
    ...(elsewhere ? ['from another machine'] : []),
  ].join(', ')})`
