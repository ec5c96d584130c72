/** `ringup report`: a plan, a campaign or a run as text, Markdown, HTML, SVG or JSON. Asks no host. */
import {existsSync} from 'node:fs'
import {parseJson} from '../bounded-json.ts'
import type {RingupCommand} from '../cli/command.ts'
import {stdoutLook} from '../cli/terminal.ts'
import {OpsError} from '../errors.ts'
import type {RunOutcome} from '../journal/events.ts'
import {type Campaign, campaignIdentity} from '../plan/campaign.ts'
import {hasItsDigest} from '../plan/canonical.ts'
import {type Plan, planIdentity, planText} from '../plan/plan.ts'
import {campaignSchema} from '../plan/schema.ts'
import {jsonText, printable} from '../printable.ts'
import {mostBytes, readText} from '../read-text.ts'
import type {Taken} from '../report/campaign/campaign-figure.ts'
import {type Figure, svg} from '../report/kit/figure.ts'
import type {Look} from '../report/kit/look.ts'
import type {RunFacts} from '../report/run/run-facts.ts'
import {sameCluster} from '../ring/identity.ts'
import {wrongField} from '../snapshot/wrong-field.ts'
import {parsePlan} from '../state/plan-file.ts'
import {allRuns, type FoundRun, findRun, loadRun, runsNamed} from '../state/runs.ts'
import {refuseOther, writableName, writeWhole} from '../state/write-whole.ts'

export type ReportFormat = 'text' | 'markdown' | 'html' | 'svg' | 'json'

export type Reported =
  | {readonly kind: 'plan'; readonly plan: Plan}
  | {readonly kind: 'campaign'; readonly campaign: Campaign; readonly taken: readonly Taken[]}
  | {readonly kind: 'run'; readonly run: FoundRun}

/**
 * A plan file, a campaign file, a journal file, or the name of a run. Throws an `OpsError` (exit 64)
 * for anything else, and for a file that was changed by hand.
 */
export function reportedOf(name: string | undefined): Reported {
  // a run before a file of its name, that anybody may have put here
  if (name === undefined || runsNamed(name).length > 0 || !existsSync(name))
    return {kind: 'run', run: findRun(name ?? newestRun())}
  const text = readText(name, {what: 'the file', most: mostBytes.journal})
  if (isJournal(text)) return {kind: 'run', run: loadRun(name)}
  let value: {readonly schema?: unknown} | null
  try {
    value = parseJson(text) as {readonly schema?: unknown} | null
  } catch (error) {
    throw unknownFile(name, (error as Error).message)
  }
  if (value?.schema === 'ringup/plan/1') return {kind: 'plan', plan: parsePlan(text, name)}
  if (value?.schema === 'ringup/campaign/1') {
    const campaign = checkedCampaign(value, name)
    return {kind: 'campaign', campaign, taken: takenOf(campaign)}
  }
  throw unknownFile(name, 'it is neither a plan nor a campaign')
}

/** A line of JSON that is an event, however it was spelt: tools write journals again with blanks and in other orders. */
function isJournal(text: string): boolean {
  try {
    const [first = ''] = /^[^\n]*/.exec(text) ?? []
    const {v, type, at} = Object(parseJson(first)) as {v?: unknown; type?: unknown; at?: unknown}
    return v === 1 && typeof type === 'string' && typeof at === 'number'
  } catch {
    return false
  }
}

function newestRun(): string {
  const [newest] = allRuns()
  if (newest) return newest.run
  throw new OpsError('usage', 'there is no run yet', {hint: 'name a plan: ringup report grow.json'})
}

const unknownFile = (name: string, why: string): OpsError =>
  new OpsError('usage', `${name} cannot be reported on: ${why}`, {
    hint: 'name a plan, a campaign, a journal, or a run (ringup runs list)',
  })

const againCampaign = (file: string): string =>
  `make one: ringup grow plan --out ${writableName(file, 'campaign', 'campaign.json')}`

/** Throws an `OpsError` (exit 64) for a file that is no campaign, or was changed by hand. */
export function readCampaign(file: string): Campaign {
  const reported = existsSync(file) ? reportedOf(file) : undefined
  if (reported?.kind === 'campaign') return reported.campaign
  throw new OpsError('usage', reported ? `${file} is no campaign` : `there is no file ${file}`, {
    hint: againCampaign(file),
  })
}

/** Throws an `OpsError` (exit 64) for what is no campaign, or was changed by hand. */
function checkedCampaign(value: unknown, file: string): Campaign {
  const again = {hint: againCampaign(file)}
  const parsed = campaignSchema.safeParse(value)
  if (!parsed.success)
    throw new OpsError('usage', `${file} is not a campaign: ${wrongField(parsed.error.issues)}`, again)
  const campaign = parsed.data as Campaign
  if (hasItsDigest(campaign)) return campaign
  throw new OpsError('usage', `${file} was changed after it was made: its digest does not fit`, again)
}

/** Batches of a campaign that were carried out, as the journals here tell. */
function takenOf(campaign: Campaign): Taken[] {
  const cluster = campaignIdentity(campaign)
  const runs = allRuns().filter(
    ({state: {plan}}) => plan !== undefined && sameCluster(planIdentity(plan), cluster),
  )
  return campaign.days.flatMap(({day, batch}) => {
    const run = runs.find(({state: {plan, settledIn}}) => {
      const fresh = plan?.changes.map(({node}) => node)
      return settledIn !== undefined && batch.every(node => fresh?.includes(node))
    })
    return run?.state.settledIn === undefined ? [] : [{day, ms: run.state.settledIn}]
  })
}

export type ReportRequest = {
  readonly format: ReportFormat
  readonly figure?: string | undefined
  readonly out?: string | undefined
}

const jsonKinds = {plan: 'plan', campaign: 'campaign', run: 'run report'} as const
/** Writes it, to a file or to stdout. */
export async function writeReport(
  command: RingupCommand,
  reported: Reported,
  {format, figure, out}: ReportRequest,
): Promise<void> {
  if (out === undefined) return command.print(await reportText(reported, stdoutLook(), format, figure))
  const kind = format === 'json' ? jsonKinds[reported.kind] : 'report'
  refuseOther(out, kind)
  const text = await reportText(reported, {...stdoutLook(), color: false}, format, figure)
  writeWhole(out, printable(text), kind)
  command.say(`written: ${out}`)
}

async function reportText(
  reported: Reported,
  look: Look,
  format: ReportFormat,
  figure: string | undefined,
): Promise<string> {
  if (format === 'svg') return svg(await figureOf(reported, figure))
  switch (reported.kind) {
    case 'plan': {
      const {plan} = reported
      if (format === 'json') return planText(plan)
      if (format === 'markdown') return (await import('../report/plan/plan-markdown.ts')).planMarkdown(plan)
      if (format === 'html') return (await import('../report/plan/plan-html.ts')).planHtml(plan)
      return (await import('../report/plan/plan-text.ts')).planReport(plan, {look, partitions: false})
    }
    case 'campaign': {
      const {campaign, taken} = reported
      if (format === 'json') return `${jsonText({...campaign, taken}, 1)}\n`
      if (format === 'markdown')
        return (await import('../report/campaign/campaign-markdown.ts')).campaignMarkdown(campaign)
      if (format === 'html')
        return (await import('../report/campaign/campaign-html.ts')).campaignHtml(campaign, taken)
      return (await import('../report/campaign/campaign-text.ts')).campaignText(campaign, look)
    }
    case 'run': {
      const {state} = reported.run
      const {runFacts} = await import('../report/run/run-facts.ts')
      const {runMarkdown, runReportText} = await import('../report/run/run-report.ts')
      if (format === 'json') return `${jsonText(runJson(reported.run, runFacts(state)), 1)}\n`
      if (format === 'markdown') return runMarkdown(state)
      if (format === 'html') return (await import('../report/run/run-html.ts')).runHtml(state)
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
  return JSON.parse(await reportText(reported, stdoutLook(), 'json', undefined))
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
  if (reported.kind === 'plan')
    return (await import('../report/plan/plan-html.ts')).planFigures(reported.plan)
  if (reported.kind === 'run') {
    const {plan} = reported.run.state
    return plan ? (await import('../report/plan/plan-html.ts')).planFigures(plan) : []
  }
  const {campaignFigure} = await import('../report/campaign/campaign-figure.ts')
  const figure = campaignFigure(reported.campaign, reported.taken)
  return figure ? [figure] : []
}
