/** Files of others, one of each kind with how it is read and shown; and edits of them, as many as are asked for. */
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {isOpsError} from '../../src/errors.ts'
import {digestOf} from '../../src/plan/canonical.ts'
import {makePlan, type Plan} from '../../src/plan/plan.ts'
import {campaignFigure} from '../../src/report/campaign/campaign-figure.ts'
import {campaignHtml} from '../../src/report/campaign/campaign-html.ts'
import {campaignMarkdown} from '../../src/report/campaign/campaign-markdown.ts'
import {campaignText} from '../../src/report/campaign/campaign-text.ts'
import {statusText} from '../../src/report/cluster/status-text.ts'
import {planFigures, planHtml} from '../../src/report/plan/plan-html.ts'
import {planMarkdown} from '../../src/report/plan/plan-markdown.ts'
import {planReport} from '../../src/report/plan/plan-text.ts'
import {runHtml} from '../../src/report/run/run-html.ts'
import {runMarkdown, runReportText} from '../../src/report/run/run-report.ts'
import {runText} from '../../src/report/run/run-text.ts'
import type {Snapshot} from '../../src/ring/snapshot.ts'
import {loadSnapshot} from '../../src/snapshot/load.ts'
import {parsePlan} from '../../src/state/plan-file.ts'
import {readCampaign} from '../../src/state/reported.ts'
import {loadRun} from '../../src/state/runs.ts'
import {readThrottle} from '../../src/state/throttle.ts'
import {snapshotOfPlan} from '../../src/watch/snapshot-of-plan.ts'
import {statusOf} from '../../src/watch/status.ts'
import {edited, placesOf, randomEdit} from './edits.ts'
import {randomFrom} from './random.ts'
import {reportedCampaign, reportedEvents, reportedPlan} from './reported.ts'
import {pending, ringOf, snapshotOf} from './snapshots.ts'

const look = {columns: 80, color: true, unicode: true} as const

export const snapshot = (): Snapshot =>
  snapshotOf(ringOf('abcdabcdabcdabcd', {pending: [pending(0, 'a', 'b'), pending(5, 'b', 'c')]}), {
    staged: [{action: 'leave', node: 'riak@d'}],
  })

/** The same text with its digest made anew, as an attacker does; what is no object stays as it is. */
function forged(text: string): string {
  try {
    const {digest: _, ...content} = JSON.parse(text) as {digest?: unknown}
    return JSON.stringify({...content, digest: digestOf(content)})
  } catch {
    return text
  }
}

/** A line for each event of a list; what is no list stays as it is. */
function journalText(text: string): string {
  try {
    return (JSON.parse(text) as unknown[]).map(event => `${JSON.stringify(event)}\n`).join('')
  } catch {
    return `${text}\n`
  }
}

function showPlan(plan: Plan): void {
  planReport(plan, {look, partitions: true})
  planMarkdown(plan)
  planHtml(plan)
  planFigures(plan)
  statusText(statusOf(plan.cluster, snapshotOfPlan(plan, 1, 0)), look)
}

export type FileKind = {
  readonly value: () => object
  /** reads the text and shows what came of it */
  readonly use: (text: string) => void
}

/** By what they are called. @param folder where those go that are read from a file */
export function fileKinds(folder: string): Readonly<Record<string, FileKind>> {
  const written = (name: string, text: string): string => {
    const file = join(folder, name)
    writeFileSync(file, text)
    return file
  }
  return {
    'a plan': {value: reportedPlan, use: text => showPlan(parsePlan(text, 'plan.json'))},
    'a plan with its digest made anew': {
      value: reportedPlan,
      use: text => showPlan(parsePlan(forged(text), 'plan.json')),
    },
    'a snapshot': {
      value: snapshot,
      use: text => {
        const read = loadSnapshot(text, 'ring.json')
        statusText(statusOf('c', read), look)
        showPlan(
          makePlan({
            cluster: 'c',
            snapshot: read,
            changes: [{action: 'join', node: 'riak@e'}],
            options: {simulations: 1},
          }),
        )
      },
    },
    'a campaign with its digest made anew': {
      value: reportedCampaign,
      use: text => {
        const campaign = readCampaign(written('campaign.json', forged(text)))
        campaignText(campaign, look)
        campaignMarkdown(campaign)
        campaignHtml(campaign, [])
        campaignFigure(campaign)
      },
    },
    'a journal': {
      value: reportedEvents,
      use: text => {
        const found = loadRun(written('run.jsonl', journalText(text)))
        const {state} = found
        runText(found, look)
        runReportText(state, look)
        runMarkdown(state)
        runHtml(state)
      },
    },
    'a record of limits': {
      value: () => ({
        v: 1,
        cluster: 'c',
        command: 'throttle set',
        host: 'desk',
        pid: 1,
        since: 1_700_000_000_000,
        originals: [{node: 'riak@a', transferLimit: 2, clusterLimit: null, inbound: true, outbound: true}],
      }),
      use: text => {
        mkdirSync(join(folder, 'throttle'), {recursive: true})
        written('throttle/c.json', text)
        readThrottle(folder, {name: 'unknown', members: ['riak@a'], label: 'c'})
      },
    },
  }
}

export const outcome = (use: (text: string) => void, text: string): 'taken' | 'refused' => {
  try {
    use(text)
    return 'taken'
  } catch (error) {
    if (isOpsError(error)) return 'refused'
    throw new Error(`not an OpsError, for ${text.slice(0, 300)} ... ${text.length}`, {cause: error})
  }
}

/** Edits one, `count` times, and reads each. Throws where one is neither refused nor can be shown. */
export function tallyEdits(
  {value, use}: FileKind,
  {count, seed}: {readonly count: number; readonly seed: number},
): {readonly taken: number; readonly refused: number} {
  const random = randomFrom(seed)
  const good = JSON.parse(JSON.stringify(value())) as object
  const places = placesOf(good)
  const found = {taken: 0, refused: 0}
  for (let edit = 0; edit < count; edit += 1) {
    let bad = edited(good, random.pick(places), randomEdit(random))
    if (random.chance(0.3)) bad = edited(bad, random.pick(places), randomEdit(random))
    found[outcome(use, JSON.stringify(bad) ?? '')] += 1
  }
  return found
}
