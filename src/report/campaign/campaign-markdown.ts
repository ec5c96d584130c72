/** A campaign as Markdown. */
import type {Campaign} from '../../plan/campaign.ts'
import {markdown} from '../kit/escape.ts'
import {markdownTable} from '../kit/markdown-table.ts'
import {dayColumns, termsText} from './campaign-columns.ts'

export function campaignMarkdown(campaign: Campaign): string {
  const {cluster, from, until, perDay, days, verdict, digest} = campaign
  const lines = [
    `### ringup campaign: ${markdown(cluster)}, ${from} to ${until} nodes, ${perDay} a day`,
    '',
    `**${markdown(verdict.text)}**`,
    '',
    `${markdown(termsText(campaign))}.`,
    '',
    ...markdownTable([...dayColumns, {title: '', cell: ({fault}) => fault ?? ''}], days),
    '',
    `Digest \`${digest}\``,
  ]
  return `${lines.join('\n')}\n`
}
