/**
 * Whether a value read from a damaged answer is one that its text still says. What a line that is gone without a
 * trace had said cannot be known: a reading is wrong when the text shows something that the value does not have, or
 * the other way round, or when a refusal became a success.
 */
import type {AnyReading} from './read-recorded.ts'

const successes = new Set(['read', 'staged', 'committed', 'plan', 'running'])

export const isSuccess = ({outcome, value}: AnyReading): boolean =>
  successes.has(outcome) && value !== 'waiting'

/** What is wrong with it, if anything. */
export function wrongReading(
  reader: string,
  original: AnyReading,
  reading: AnyReading,
  text: string,
): string | undefined {
  if (!isSuccess(reading)) return undefined
  if (!isSuccess(original) && original.outcome !== 'unknown') return 'success for refusal'
  const lost = countsOf[reader]?.(reading.value, text)
  if (lost !== undefined) return lost
  const said = namesIn(reading.value).find(name => !text.includes(name))
  return said === undefined ? undefined : `not in the text: ${said}`
}

/** Node names, and long numbers as indices are. */
function namesIn(value: unknown): string[] {
  if (typeof value === 'string') return /^(?:[\w-]+@[\w.-]+|\d{20,})$/.test(value) ? [value] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(namesIn)
}

type Counts = (value: unknown, text: string) => string | undefined

const countOf = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0

const same = (what: string, read: number, shown: number): string | undefined =>
  read === shown ? undefined : `${what}: ${read} read, ${shown} shown`

const listed =
  (what: string, pattern: RegExp, list: (value: never) => number): Counts =>
  (value, text) =>
    same(what, list(value as never), countOf(text, pattern))

/** The same things counted in the value and, more crudely, in the text. */
const countsOf: Readonly<Record<string, Counts>> = {
  'riak admin member-status': listed(
    'member lost',
    /^(?:valid|leaving|exiting|joining|down) .*@/gm,
    (members: unknown[]) => members.length,
  ),
  'riak admin cluster status': listed(
    'member lost',
    /@/g,
    ({members}: {members: unknown[]}) => members.length,
  ),
  'riak admin ring-status': listed(
    'fewer pending than shown',
    /^Index: /gm,
    ({pending}: {pending: unknown[]}) => pending.length,
  ),
  'riak admin transfers': listed(
    'fewer pending than shown',
    /^transfer type: | waiting to handoff | does not have /gm,
    ({active, waiting, notRunning}: {active: unknown[]; waiting: unknown[]; notRunning: unknown[]}) =>
      active.length + waiting.length + notRunning.length,
  ),
  'riak admin transfer-limit': (value, text) =>
    Array.isArray(value)
      ? same('member lost', value.length, countOf(text, /^(?: *\d+|\(offline\)) +'/gm))
      : undefined,
  'riak admin handoff config': listed(
    'member lost',
    /^\|.*@/gm,
    ({nodes}: {nodes: unknown[]}) => nodes.length,
  ),
  'riak admin handoff details': listed(
    'fewer pending than shown',
    /^\|.*@.*@/gm,
    (rows: unknown[]) => rows.length,
  ),
  'riak admin cluster plan': (value, text) => {
    const {transitions, changes} = value as {
      transitions: {transfers: {count: number}[]; reassigned: {count: number}[]; members: unknown[]}[]
      changes: unknown[]
    }
    const moves = transitions.flatMap(({transfers, reassigned}) => [...transfers, ...reassigned])
    const shown = [...text.matchAll(/^ +(\d+) (?:transfers|reassigned) from /gm)]
    return (
      same(
        'fewer pending than shown',
        moves.reduce((sum, {count}) => sum + count, 0),
        shown.reduce((sum, [, count]) => sum + Number(count), 0),
      ) ??
      same(
        'member lost',
        transitions.reduce((sum, {members}) => sum + members.length, 0),
        countOf(text, /^(?:valid|leaving|exiting|joining|down) .*@/gm),
      ) ??
      same(
        'change lost',
        changes.length,
        countOf(text, /^(?:join|leave|force-remove|replace|force-replace|set-location|resize-ring) /gm),
      )
    )
  },
}
