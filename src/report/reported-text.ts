/** A plan, a campaign or a run as text, Markdown, HTML, SVG or JSON. */
import {OpsError} from '../errors.ts'
import type {RunOutcome} from '../journal/events.ts'
import type {Campaign, Taken} from '../plan/campaign.ts'
import {type Plan, planText} from '../plan/plan.ts'
import {jsonText} from '../printable.ts'
import type {Reported} from '../state/reported.ts'
import type {FoundRun} from '../state/runs.ts'
import {type Figure, svg} from './kit/figure.ts'
import type {Look} from './kit/look.ts'
import type {RunFacts} from './run/run-facts.ts'

export type ReportFormat = 'text' | 'markdown' | 'html' | 'svg' | 'json'

/** @param figure which one, where it is SVG. Throws an `OpsError` (exit 64) for a figure that there is none of. */
export async function reportText(
  reported: Reported,
  look: Look,
  format: ReportFormat,
  figure?: string | undefined,
): Promise<string> {
  if (format === 'svg') return svg(await figureOf(reported, figure))
  switch (reported.kind) {
    case 'plan': {
      const {plan} = reported
      if (format === 'json') return planText(plan)
      if (format === 'markdown') return (await import('./plan/plan-markdown.ts')).planMarkdown(plan)
      if (format === 'html') return (await import('./plan/plan-html.ts')).planHtml(plan)
      return (await import('./plan/plan-text.ts')).planReport(plan, {look, partitions: false})
    }
    case 'campaign': {
      const {campaign, taken} = reported
      if (format === 'json') return `${jsonText(await reportJson(reported), 1)}\n`
      if (format === 'markdown')
        return (await import('./campaign/campaign-markdown.ts')).campaignMarkdown(campaign)
      if (format === 'html')
        return (await import('./campaign/campaign-html.ts')).campaignHtml(campaign, taken)
      return (await import('./campaign/campaign-text.ts')).campaignText(campaign, look)
    }
    case 'run': {
      const {state} = reported.run
      const {runMarkdown, runReportText} = await import('./run/run-report.ts')
      if (format === 'json') return `${jsonText(await reportJson(reported), 1)}\n`
      if (format === 'markdown') return runMarkdown(state)
      if (format === 'html') return (await import('./run/run-html.ts')).runHtml(state)
      return runReportText(state, look)
    }
  }
}

export type RunFactsReport = RunFacts & {
  readonly schema: 'ringup/run-report/1'
  readonly run: string
  readonly journal: string
  readonly cluster: string | null
  /** null: it goes on, or died */
  readonly outcome: RunOutcome | null
}

/** With the batches that were carried out, as the journals here tell. */
export type CampaignReport = Campaign & {readonly taken: readonly Taken[]}

const runJson = ({run, file, state}: FoundRun, facts: RunFacts): RunFactsReport => ({
  schema: 'ringup/run-report/1',
  run,
  journal: file,
  cluster: state.plan?.cluster ?? null,
  outcome: state.outcome ?? null,
  ...facts,
})

/** What `--json` prints. */
export async function reportJson(reported: Reported): Promise<Plan | CampaignReport | RunFactsReport> {
  switch (reported.kind) {
    case 'plan':
      return reported.plan
    case 'campaign':
      return {...reported.campaign, taken: reported.taken}
    case 'run': {
      const {runFacts} = await import('./run/run-facts.ts')
      return runJson(reported.run, runFacts(reported.run.state))
    }
  }
}

async function figureOf(reported: Reported, name: string | undefined): Promise<Figure> {
  const figures = await figuresOf(reported)
  const found = name === undefined ? figures[0] : figures.find(({id}) => id === name)
  if (found) return found
  throw new OpsError(
    'usage',
    `there is no figure ${name ?? ''} of this ${reported.kind}`.replace('  ', ' '),
    {
      hint:
        figures.length === 0
          ? 'ask for another format'
          : `name one: --figure ${figures.map(({id}) => id).join(' | ')}`,
    },
  )
}

async function figuresOf(reported: Reported): Promise<Figure[]> {
  if (reported.kind === 'plan') return (await import('./plan/plan-html.ts')).planFigures(reported.plan)
  if (reported.kind === 'run') {
    const {plan} = reported.run.state
    return plan ? (await import('./plan/plan-html.ts')).planFigures(plan) : []
  }
  const {campaignFigure} = await import('./campaign/campaign-figure.ts')
  const figure = campaignFigure(reported.campaign, reported.taken)
  return figure ? [figure] : []
}
