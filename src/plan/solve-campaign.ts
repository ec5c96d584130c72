/** Which pace of growth holds: campaigns of one node a day, two, three and so on, beside each other. Pure. */
import {day} from '../units.ts'
import {type Campaign, type CampaignRequest, campaignOf} from './campaign.ts'
import {dateText} from './window.ts'

export type Solution = {
  readonly paces: readonly Pace[]
  /** the fewest nodes a day that keep up; null: none of those tried */
  readonly fewest: number | null
  /** of those that keep up, the one that sends the fewest bytes over all batches */
  readonly cheapest: number | null
  /** the last day on which the campaign as asked could begin and still keep up; null: not even now */
  readonly latestStart: {readonly date: string; readonly daysFromNow: number} | null
}

export type Pace = Pick<Campaign, 'perDay' | 'moves' | 'bytes'> & {
  readonly keepsUp: boolean
  readonly days: number
  /** local date of the last batch */
  readonly ends: string
  /** the fullest a disk gets at the worst, 0 to 1 */
  readonly fullest: number | null
  readonly text: string
}

/** a start later than this is no plan */
const furthest = 120

/** @param tell is called before each campaign that is simulated */
export function solveCampaign(request: CampaignRequest, tell: (what: string) => void = () => {}): Solution {
  const quick = {...request, compareSerial: false, options: {...request.options, simulations: 1}}
  const most = Math.max(request.perDay + 3, 6)
  const paces: Pace[] = []
  for (let perDay = 1; perDay <= most; perDay += 1) {
    tell(`${perDay} a day`)
    paces.push(paceOf(campaignOf({...quick, perDay})))
  }
  const holding = paces.filter(({keepsUp}) => keepsUp)
  const cheapest = holding.reduce<Pace | undefined>(
    (least, pace) =>
      least === undefined || (pace.bytes ?? pace.moves) < (least.bytes ?? least.moves) ? pace : least,
    undefined,
  )
  return {
    paces,
    fewest: holding[0]?.perDay ?? null,
    cheapest: cheapest?.perDay ?? null,
    latestStart: latestStart(quick, tell),
  }
}

function paceOf({perDay, moves, bytes, days, verdict}: Campaign): Pace {
  const shares = days.flatMap(({fullest}) => (fullest ? [fullest.worst] : []))
  return {
    perDay,
    moves,
    bytes,
    keepsUp: verdict.keepsUp,
    days: days.length,
    ends: days.at(-1)?.date ?? '',
    fullest: shares.length === 0 ? null : Math.max(...shares),
    text: verdict.text,
  }
}

/** The later it begins the fuller are the disks: what fails on one day fails on all that follow. */
function latestStart(request: CampaignRequest, tell: (what: string) => void): Solution['latestStart'] {
  const holds = (days: number): boolean => {
    tell(`start in ${days} days`)
    return campaignOf({...request, start: request.start + days * day}).verdict.keepsUp
  }
  if (!holds(0)) return null
  let [good, bad] = [0, 1]
  while (bad <= furthest && holds(bad)) [good, bad] = [bad, bad * 2]
  bad = Math.min(bad, furthest + 1)
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2)
    if (holds(middle)) good = middle
    else bad = middle
  }
  return {date: dateText(request.start + good * day), daysFromNow: good}
}
