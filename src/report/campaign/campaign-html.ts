/** A campaign as one HTML file, with the batches that were carried out since, where there are any. */
import type {Campaign, Taken} from '../../plan/campaign.ts'
import {html} from '../kit/escape.ts'
import {figureHtml, htmlPage, htmlTable, paragraph} from '../kit/html-page.ts'
import {dayColumns, termsText} from './campaign-columns.ts'
import {campaignFigure} from './campaign-figure.ts'

export function campaignHtml(campaign: Campaign, taken: readonly Taken[] = []): string {
  const {cluster, from, until, perDay, days, verdict, digest} = campaign
  return htmlPage(
    `ringup campaign: ${cluster}, ${from} to ${until} nodes, ${perDay} a day`,
    [paragraph(verdict.text, verdict.keepsUp ? 'good' : 'bad'), paragraph(`${termsText(campaign)}.`, 'soft')],
    [
      {heading: 'Hours and disks', body: figureHtml(campaignFigure(campaign, taken))},
      {
        heading: 'Days',
        body: htmlTable(
          'Days',
          [...dayColumns, {title: 'fault', cell: ({fault}) => fault ?? '', kind: () => 'bad'}],
          days,
        ),
      },
      {heading: 'Digest', body: [`<p><code>${html(digest)}</code></p>`]},
    ],
  )
}
