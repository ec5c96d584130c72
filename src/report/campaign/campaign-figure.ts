/** A campaign over its days: hours of handoff with the band of the forecast, and the fullest disk. */
import type {Campaign, CampaignDay, Taken} from '../../plan/campaign.ts'
import {counted, formatDuration, formatShare} from '../../units.ts'
import {at, type Figure, text} from '../kit/figure.ts'

const hour = 3600e3
const left = 60
const wide = 640
const tall = 170

/** undefined: there is no day to draw */
export function campaignFigure({days, diskPeak}: Campaign, taken: readonly Taken[] = []): Figure | undefined {
  if (days.length === 0) return undefined
  const x = (index: number): number => left + ((index + 0.5) / days.length) * wide
  const hours = Math.max(
    1,
    ...days.map(({time}) => (time?.p90 ?? 0) / hour),
    ...taken.map(({ms}) => ms / hour),
  )
  const most = hours > 20 ? Math.max(24, hours) : hours
  const [first, second] = [34, 34 + tall + 50]
  const y = (ms: number): number => first + tall - (ms / hour / most) * tall
  const disks = Math.max(1, ...days.map(({fullest}) => fullest?.worst ?? 0))
  const z = (share: number): number => second + tall - (share / disks) * tall
  const timed = days.flatMap((day, index) => (day.time ? [{day, index, time: day.time}] : []))
  const line = (points: readonly (readonly [number, number])[]): string =>
    points.map(([px, py], index) => `${index === 0 ? 'M' : 'L'}${at(px)} ${at(py)}`).join('')
  const filled = days.flatMap((day, index) => (day.fullest ? [{index, fullest: day.fullest}] : []))
  const last = days.at(-1)!
  const body = [
    text(left, 18, 'hours of handoff: usual, and one in ten below and above'),
    ...axis(
      first,
      [0, most / 2, most].map(value => [y(value * hour), `${at(value)} h`]),
    ),
    ...(timed.length === 0
      ? []
      : [
          `<path class="band" d="${line(timed.map(({index, time}) => [x(index), y(time.p90)]))}${line([...timed].reverse().map(({index, time}) => [x(index), y(time.p10)])).replace('M', 'L')}Z"/>`,
          `<path class="curve" d="${line(timed.map(({index, time}) => [x(index), y(time.p50)]))}"/>`,
        ]),
    ...(most >= 24 ? [`<path class="limit" d="M${left} ${at(y(24 * hour))}H${left + wide}"/>`] : []),
    ...taken.map(({day, ms}) => `<circle class="peak" r="3.5" cx="${at(x(day - 1))}" cy="${at(y(ms))}"/>`),
    text(left, second - 16, 'the fullest disk: at the worst, and after the batch'),
    ...axis(
      second,
      [0, disks / 2, disks].map(share => [z(share), formatShare(Math.round(share * 100) / 100)]),
    ),
    `<path class="limit" d="M${left} ${at(z(diskPeak))}H${left + wide}"/>`,
    ...filled.map(
      ({index, fullest}) =>
        `<path d="M${at(x(index))} ${at(z(fullest.worst))}V${at(z(fullest.after))}" style="stroke:var(--peak);stroke-width:3"/>`,
    ),
    `<path class="curve" d="${line(filled.map(({index, fullest}) => [x(index), z(fullest.after)]))}"/>`,
    ...days.flatMap((day, index) =>
      index % Math.ceil(days.length / 8) === 0
        ? [
            text(x(index), second + tall + 18, `${day.date.slice(5)}, ${day.nodes}`, {
              anchor: 'middle',
              soft: true,
            }),
          ]
        : [],
    ),
  ]
  return {
    id: 'campaign',
    title: 'The campaign, day by day',
    says: `${counted(days.length, 'day')} to ${last.nodes} nodes. ${longest(timed.map(({day}) => day))}The fullest disk is ${formatShare(Math.max(...filled.map(({fullest}) => fullest.worst), 0))} full at the worst.${taken.length > 0 ? ` Dots: ${counted(taken.length, 'batch', 'batches')} as they were.` : ''}`,
    width: left + wide + 40,
    height: second + tall + 30,
    body,
  }
}

const axis = (top: number, marks: readonly (readonly [number, string])[]): string[] => [
  `<path class="line" d="M${left} ${top}V${top + tall}H${left + wide}"/>`,
  ...marks.map(([y, words]) => text(left - 6, y + 4, words, {anchor: 'end', soft: true})),
]

function longest(days: readonly CampaignDay[]): string {
  const [first, ...rest] = days
  if (!first) return ''
  const most = rest.reduce((a, b) => (b.time!.p50 > a.time!.p50 ? b : a), first)
  return `The longest handoff is on day ${most.day}: ${formatDuration(most.time!.p50)}. `
}
