/** A run as one HTML file: planned against actual, rates, what went wrong, step by step. */
import type {RunState, StepState} from '../../journal/reduce.ts'
import {html} from '../kit/escape.ts'
import {htmlPage, htmlTable, paragraph} from '../kit/html-page.ts'
import {runFacts} from './run-facts.ts'
import {comparison, comparisonColumns, moment, pairColumns, verdicts} from './run-report.ts'

export function runHtml(state: RunState): string {
  const facts = runFacts(state)
  const done = state.outcome === 'done'
  return htmlPage(
    `ringup run ${state.run}: ${state.plan?.cluster ?? '?'}`,
    [
      paragraph(
        `${state.outcome ?? 'unfinished'}${state.message === undefined ? '' : `: ${state.message}`}`,
        done ? 'good' : 'warn',
      ),
      ...htmlTable('Planned and actual', comparisonColumns, comparison(facts)),
      ...(facts.forecast === null ? [] : [paragraph(verdicts[facts.forecast])]),
    ],
    [
      {
        heading: 'On the way',
        body:
          facts.faults.length === 0
            ? [paragraph('Nothing went wrong.')]
            : [
                `<ul>${facts.faults.map(({at, what}) => `<li>${html(`${moment(at)} ${what}`)}</li>`).join('')}</ul>`,
              ],
      },
      {
        heading: 'Rates',
        body: facts.pairs.length === 0 ? [] : htmlTable('Rates of each pair', pairColumns, facts.pairs),
      },
      {
        heading: 'Steps',
        body: htmlTable<StepState>(
          'Steps',
          [
            {title: 'step', cell: ({title}) => title},
            {title: '', cell: ({status}) => status},
            {title: 'seen', cell: ({note}) => note},
          ],
          state.steps,
        ),
      },
    ],
  )
}
