/** Runs out of their journals, for a terminal. */

import {isOver, type RunState, type StepState} from '../../journal/reduce.ts'
import {describeChange} from '../../ring/changes.ts'
import type {FoundRun} from '../../state/runs.ts'
import {counted, formatDuration, formatMoment} from '../../units.ts'
import {type Look, labelled, tinted, wrapped, wrappedList} from '../kit/look.ts'
import {table} from '../kit/table.ts'
import {forecastVerdict} from './run-report.ts'

const outcomeText = ({outcome}: RunState): string => outcome ?? 'unfinished'

/** The last words of a run that ended well. */
export const runEndText = ({
  run,
  message,
  ms,
  journal,
}: {
  readonly run: string
  readonly message: string
  /** ms */
  readonly ms: number
  readonly journal: string
}): string => `run ${run} is done in ${formatDuration(ms)}\n${message}\njournal ${journal}\n`

/** What is said of a run that nothing is left to do for. */
export const overText = ({run, outcome}: RunState, message: string): string =>
  `run ${run} is ${outcome}: ${message}\n`

/** @param damaged journals that cannot be read */
export function runsText(
  runs: readonly FoundRun[],
  damaged: readonly {run: string; why: string}[] = [],
): string {
  const broken = damaged.map(({run, why}) => `${run === '' ? '' : `${run}  `}cannot be read: ${why}`)
  if (runs.length === 0) return `${[...broken, 'no runs yet'].join('\n')}\n`
  const lines = table<FoundRun>(
    [
      {title: 'run', cell: ({run}) => run},
      {title: 'started', cell: ({state}) => formatMoment(state.startedAt)},
      {title: 'outcome', cell: ({state}) => outcomeText(state)},
      {
        title: 'steps',
        cell: ({state: {steps}}) => `${steps.filter(({status}) => status === 'done').length}/${steps.length}`,
      },
      {title: 'cluster', cell: ({state}) => state.plan?.cluster ?? ''},
      {
        title: 'changes',
        cell: ({state: {plan}}) => (plan ? `${plan.changes.length} ${plan.changes[0]?.action ?? ''}` : ''),
      },
    ],
    runs,
    '',
  )
  const open = runs.flatMap(found => openRunText(found) ?? [])
  return `${[...lines, ...open, ...broken].join('\n')}\n`
}

/** ms: whoever carries out a run is heard of every 15 s */
const heartbeats = 60_000

/** `20261128-...: 3 changes staged by ops on laptop, silent for 6 min`; undefined: it is over. */
function openRunText({run, state, isHere, hosts, isSure, silent}: FoundRun): string | undefined {
  if (isOver(state)) return undefined
  const {by, staged, committedAt, lastAt, writes} = state
  const what =
    committedAt !== undefined
      ? 'committed'
      : staged.length > 0
        ? `${counted(staged.length, 'change')} staged`
        : writes > 0
          ? 'begun, nothing of it staged'
          : 'nothing sent'
  const who = by ? ` by ${by.user} on ${by.host}` : ''
  const where = isHere ? '' : `, known by ${hosts.join(', ')}${isSure ? '' : ' alone'}`
  const quiet = silent === undefined ? Math.max(0, Date.now() - lastAt) : silent * 1000
  const alive = silent !== undefined && quiet < heartbeats
  return `${run}: ${what}${who}, ${alive ? 'alive: last heard of' : 'silent for'} ${formatDuration(quiet)}${alive ? ' ago' : ''}${where}. ${alive ? 'Look: ringup watch' : `Go on: ringup runs resume ${run}`}`
}

export function runText(found: FoundRun, look: Look): string {
  const {state} = found
  const {run, plan, by, reason, startedAt, lastAt, resumed, locked, progress} = state
  const verdict = forecastVerdict(state)
  const line = (name: string, text: string): string => labelled(name, text, look)
  const lines = [
    line('run', `${run}, ${outcomeText(state)}`),
    ...(plan
      ? [
          line('cluster', plan.cluster),
          line('changes', wrappedList(plan.changes.map(describeChange), look.columns - 9)),
          line('digest', plan.digest),
        ]
      : []),
    line('by', by ? `${by.user} on ${by.host}, process ${by.pid}` : 'unknown'),
    ...(reason === undefined ? [] : [line('reason', reason)]),
    line(
      'time',
      `${formatMoment(startedAt)}, ${formatDuration(lastAt - startedAt)}${resumed === 0 ? '' : `, taken up again ${counted(resumed, 'time')}`}`,
    ),
    ...(progress ? [line('moved', `${progress.moved} of ${progress.total} partitions`)] : []),
    ...(verdict === undefined ? [] : [line('forecast', verdict)]),
    ...(locked.length === 0
      ? []
      : [line('lock', `held on ${locked.join(', ')}, as far as the journal knows`)]),
    '',
    ...state.steps.map(step => stepLine(step, look)),
  ]
  if (state.message !== undefined) lines.push('', wrapped(state.message, look.columns))
  return `${lines.join('\n')}\n`
}

const marks: Readonly<Record<StepState['status'], readonly [string, 'green' | 'cyan' | 'red' | 'dim']>> = {
  done: ['done   ', 'green'],
  running: ['running', 'cyan'],
  failed: ['FAILED ', 'red'],
  waiting: ['-      ', 'dim'],
}

function stepLine({status, title, note}: StepState, look: Look): string {
  const [mark, tone] = marks[status]
  return `  ${tinted(look, tone, mark)} ${wrapped(note === '' ? title : `${title}: ${note}`, look.columns - 10, ' '.repeat(10))}`
}
