/** A plan, a campaign or a run, as a person names it: read, and judged by its digest. Asks no host. */
import {existsSync} from 'node:fs'
import {parseJson} from '../bounded-json.ts'
import {OpsError} from '../errors.ts'
import {type Campaign, campaignIdentity, type Taken} from '../plan/campaign.ts'
import {hasItsDigest} from '../plan/canonical.ts'
import {type Plan, planIdentity} from '../plan/plan.ts'
import {campaignSchema} from '../plan/schema.ts'
import {mostBytes, readText} from '../read-text.ts'
import {type Memory, noMemory} from '../records/memory.ts'
import {sameCluster} from '../ring/identity.ts'
import {wrongField} from '../snapshot/wrong-field.ts'
import {parsePlan} from './plan-file.ts'
import {allRuns, type FoundRun, findRun, loadRun, runsNamed} from './runs.ts'
import {writableName} from './write-whole.ts'

export type Reported =
  | {readonly kind: 'plan'; readonly plan: Plan}
  | {readonly kind: 'campaign'; readonly campaign: Campaign; readonly taken: readonly Taken[]}
  | {readonly kind: 'run'; readonly run: FoundRun}

/**
 * A plan file, a campaign file, a journal file, or the name of a run. Throws an `OpsError` (exit 64)
 * for anything else, and for a file that was changed by hand.
 */
export function reportedOf(name: string | undefined, memory: Memory): Reported {
  // a run before a file of its name, that anybody may have put here
  if (name === undefined || runsNamed(name, memory).length > 0 || !existsSync(name))
    return {kind: 'run', run: findRun(name ?? newestRun(memory), memory)}
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
    return {kind: 'campaign', campaign, taken: takenOf(campaign, memory)}
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

function newestRun(memory: Memory): string {
  const [newest] = allRuns(memory)
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
  const reported = existsSync(file) ? reportedOf(file, noMemory) : undefined
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
  const campaign = parsed.data
  if (hasItsDigest(campaign)) return campaign
  throw new OpsError('usage', `${file} was changed after it was made: its digest does not fit`, again)
}

/** Batches of a campaign that were carried out, as the journals here tell. */
function takenOf(campaign: Campaign, memory: Memory): Taken[] {
  const cluster = campaignIdentity(campaign)
  const runs = allRuns(memory).filter(
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
