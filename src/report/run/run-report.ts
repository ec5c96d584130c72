/** A run afterwards, as text and as Markdown: planned against actual, rates, faults. */
import type {RunState} from '../../journal/reduce.ts'
import {counted, formatDuration, formatMoment, formatRate} from '../../units.ts'
import {sized} from '../campaign/campaign-columns.ts'
import {markdown} from '../kit/escape.ts'
import {type Look, labelled} from '../kit/look.ts'
import {markdownTable} from '../kit/markdown-table.ts'
import {type Column, table} from '../kit/table.ts'
import {rangeText} from '../plan/forecast-text.ts'
import {type PairFacts, type RunFacts, runFacts} from './run-facts.ts'

type Row = readonly [what: string, planned: string, actual: string]

export const comparison = ({partitions, bytes, time}: RunFacts): Row[] => [
  ['partitions', String(partitions.planned), String(partitions.moved)],
  ['bytes', sized(bytes.planned), sized(bytes.actual)],
  [
    'time',
    time.planned ? rangeText(time.planned) : '?',
    time.actual === null ? '?' : formatDuration(time.actual),
  ],
]

export const comparisonColumns: readonly Column<Row>[] = [
  {title: '', cell: ([what]) => what},
  {title: 'planned', cell: ([, planned]) => planned},
  {title: 'actual', cell: ([, , actual]) => actual},
]

export const pairColumns: readonly Column<PairFacts>[] = [
  {title: 'from', cell: ({from}) => from},
  {title: 'to', cell: ({to}) => to},
  {title: 'transfers seen', cell: ({seen}) => String(seen), align: 'right'},
  {title: 'rate', cell: ({rate}) => formatRate(rate), align: 'right'},
]

export const verdicts = {
  within: 'The time was within the forecast.',
  sooner: 'It was done sooner than forecast.',
  later: 'It took longer than forecast.',
} as const

/** How good the forecast was, in a line; undefined: nothing is known. */
export function forecastVerdict(state: RunState): string | undefined {
  const {forecast, time} = runFacts(state)
  if (forecast === null) return undefined
  return `${verdicts[forecast]} ${rangeText(time.planned!)} planned, ${formatDuration(time.actual!)} taken`
}

export const moment = (at: number): string => formatMoment(at, 'second')

export function runReportText(state: RunState, look: Look): string {
  const facts = runFacts(state)
  const lines = [
    labelled('run', `${state.run} on ${state.plan?.cluster ?? '?'}, ${state.outcome ?? 'unfinished'}`, look),
    '',
    ...table(comparisonColumns, comparison(facts)),
    '',
    ...(facts.forecast === null ? [] : [verdicts[facts.forecast], '']),
    ...(facts.pairs.length > 0 ? [...table(pairColumns, facts.pairs), ''] : []),
    ...(facts.faults.length === 0
      ? ['nothing went wrong on the way']
      : [
          `${counted(facts.faults.length, 'event')} on the way`,
          ...facts.faults.map(({at, what}) => labelled('', `${moment(at)} ${what}`, look)),
        ]),
  ]
  return `${lines.join('\n')}\n`
}

export function runMarkdown(state: RunState): string {
  const facts = runFacts(state)
  const lines = [
    `### ringup run ${markdown(state.run)}: ${markdown(state.plan?.cluster ?? '?')}, ${state.outcome ?? 'unfinished'}`,
    '',
    ...(state.message === undefined ? [] : [markdown(state.message), '']),
    ...markdownTable(comparisonColumns, comparison(facts)),
    '',
    ...(facts.forecast === null ? [] : [verdicts[facts.forecast], '']),
    ...(facts.faults.length === 0
      ? ['Nothing went wrong on the way.']
      : facts.faults.map(({at, what}) => `- ${moment(at)} ${markdown(what)}`)),
    ...(facts.pairs.length > 0
      ? [
          '',
          '<details><summary>rates of each pair</summary>',
          '',
          ...markdownTable(pairColumns, facts.pairs),
          '',
          '</details>',
        ]
      : []),
  ]
  return `${lines.join('\n')}\n`
}
