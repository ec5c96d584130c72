/** A plan as a comment on a pull request: what a reviewer signs. The same plan gives the same bytes. */

import {askedChanges, type Plan, transferCount} from '../../plan/plan.ts'
import {blockingRisks} from '../../plan/risks.ts'
import {describeChange} from '../../ring/changes.ts'
import {counted} from '../../units.ts'
import {markdown} from '../kit/escape.ts'
import {markdownTable} from '../kit/markdown-table.ts'
import {acceptedText, nodeColumns, riskColumns, transferColumns} from './plan-columns.ts'
import {identityNotes, planSummary, summaryColumns} from './plan-summary.ts'

export function planMarkdown(plan: Plan): string {
  const changes = askedChanges(plan)
  const accepted = acceptedText(plan)
  const outcome =
    changes.length === 0
      ? 'has no changes'
      : blockingRisks(plan).length > 0
        ? 'is **blocked**'
        : 'can be carried out'
  const lines = [
    `### ringup plan: ${markdown(plan.cluster)} ${outcome}`,
    '',
    ...changes.map(change => `- ${markdown(describeChange(change))}`),
    ...(changes.length > 0 ? [''] : []),
    ...identityNotes(plan).flatMap(note => [sentence(note), '']),
    ...markdownTable(summaryColumns, planSummary(plan)),
    '',
    ...(plan.risks.length === 0 ? ['No risk was found.'] : markdownTable(riskColumns(plan), plan.risks)),
    ...(accepted === undefined ? [] : ['', `**${markdown(accepted)}**`]),
    ...(transferCount(plan) === 0 ? [] : ['', ...markdownTable(nodeColumns(plan), plan.forecast.nodes)]),
    ...partitions(plan),
    '',
    `Digest \`${plan.digest}\`: \`ringup apply PLANFILE --expect ${plan.digest}\``,
  ]
  return `${lines.join('\n')}\n`
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

const partitions = ({transitions}: Plan): string[] =>
  transitions.flatMap(({transfers}, at) =>
    transfers.length === 0
      ? []
      : [
          '',
          `<details><summary>${counted(transfers.length, 'partition')} of transition ${at + 1} of ${transitions.length}</summary>`,
          '',
          ...markdownTable(transferColumns, transfers),
          '',
          '</details>',
        ],
  )
