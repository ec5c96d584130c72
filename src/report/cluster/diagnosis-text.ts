/** Why handoff does not go on, for a terminal. */
import {counted, formatDuration} from '../../units.ts'
import type {Cause} from '../../watch/cause.ts'
import type {Diagnosis} from '../../watch/diagnosis.ts'
import {type Look, tinted, wrapped} from '../kit/look.ts'

const verdicts = {
  'at-rest': ['green', 'at rest: nothing is to move, and nothing is wrong'],
  moving: ['green', 'it moves'],
  stalled: ['red', 'STALLED: nothing has gone on'],
  looping: ['red', 'LOOPING: the same partitions begin again and again'],
  trouble: ['yellow', 'nothing is to move, but something is wrong'],
} as const

export function diagnosisText({cluster, verdict, looked, movement, causes}: Diagnosis, look: Look): string {
  const [tone, words] = verdicts[verdict]
  const {pending, complete, active, done} = movement
  const moves =
    pending === 0
      ? 'nothing pending'
      : `${counted(pending, 'partition')} pending, ${complete} of them finished; ${counted(active, 'transfer')} under way; ${done} done in ${formatDuration(looked)}`
  const lines = [
    wrapped(`${tinted(look, 'bold', cluster)}: ${tinted(look, tone, words)}`, look.columns),
    wrapped(moves, look.columns),
    ...causes.flatMap(cause => causeLines(cause, look)),
    ...(causes.length === 0 && (verdict === 'stalled' || verdict === 'looping') ? unknown(look) : []),
  ]
  return `${lines.join('\n')}\n`
}

const marks = {stops: ['!', 'red'], slows: ['~', 'yellow'], fine: ['i', 'green']} as const

function causeLines({id, weight, message, evidence, next}: Cause, look: Look): string[] {
  const [mark, tone] = marks[weight]
  return [
    '',
    `${tinted(look, tone, mark)} ${wrapped(`${id}: ${message}`, look.columns - 2, '  ')}`,
    ...evidence.map(line => `    ${tinted(look, 'dim', wrapped(line, look.columns - 4, '      '))}`),
    `  -> ${wrapped(next, look.columns - 5, '     ')}`,
  ]
}

const unknown = (look: Look): string[] => [
  '',
  wrapped(
    'None of the causes that ringup knows fits. What a person would need to tell is collected by: ringup diagnose --bundle FILE',
    look.columns,
  ),
]
