/** A plan as one HTML file. */

import {askedChanges, type Plan, transferCount} from '../../plan/plan.ts'
import type {Risk} from '../../plan/risk.ts'
import {blockingRisks} from '../../plan/risks.ts'
import {describeChange} from '../../ring/changes.ts'
import {counted} from '../../units.ts'
import {html} from '../kit/escape.ts'
import type {Figure} from '../kit/figure.ts'
import {figureHtml, htmlPage, htmlTable, paragraph} from '../kit/html-page.ts'
import {diskFigure} from './disk-figure.ts'
import {acceptedText, nodeColumns, riskColumns, riskLevel, transferColumns} from './plan-columns.ts'
import {identityNotes, planSummary, summaryColumns} from './plan-summary.ts'
import {transferFigure} from './transfer-figure.ts'

export const planFigures = (plan: Plan): Figure[] =>
  [diskFigure(plan), transferFigure(plan)].filter(figure => figure !== undefined)

export function planHtml(plan: Plan): string {
  const changes = askedChanges(plan)
  const accepted = acceptedText(plan)
  const blocked = blockingRisks(plan).length > 0
  const kind = (risk: Risk): string =>
    ({BLOCKED: 'bad', warning: 'warn', accepted: 'warn'})[riskLevel(risk, plan.accepted)]
  const [first, ...others] = riskColumns(plan)
  return htmlPage(
    `ringup plan: ${plan.cluster}`,
    [
      paragraph(
        changes.length === 0 ? 'No changes.' : blocked ? 'Blocked: see the risks.' : 'It can be carried out.',
        blocked ? 'bad' : 'good',
      ),
      ...(changes.length > 0
        ? [`<ul>${changes.map(change => `<li>${html(describeChange(change))}</li>`).join('')}</ul>`]
        : []),
      ...identityNotes(plan).map(note => paragraph(note)),
      ...htmlTable('Summary', summaryColumns, planSummary(plan)),
    ],
    [
      {
        heading: 'Risks',
        body: [
          ...(plan.risks.length === 0
            ? [paragraph('None was found.')]
            : htmlTable('Risks', [{...first!, kind}, ...others], plan.risks)),
          ...(accepted === undefined ? [] : [paragraph(accepted, 'bad')]),
        ],
      },
      {heading: 'Disks', body: figureHtml(diskFigure(plan))},
      {heading: 'Transfers', body: figureHtml(transferFigure(plan))},
      {
        heading: 'Nodes',
        body: transferCount(plan) === 0 ? [] : htmlTable('Nodes', nodeColumns(plan), plan.forecast.nodes),
      },
      {
        heading: 'Partitions',
        body: plan.transitions.flatMap(({transfers}, at) =>
          transfers.length === 0
            ? []
            : [
                `<details><summary>${counted(transfers.length, 'partition')} of transition ${at + 1} of ${plan.transitions.length}</summary>`,
                ...htmlTable(`Partitions of transition ${at + 1}`, transferColumns, transfers),
                '</details>',
              ],
        ),
      },
      {heading: 'Digest', body: [`<p><code>${html(plan.digest)}</code></p>`]},
    ],
  )
}
