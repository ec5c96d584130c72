/** Bytes and milliseconds: parsing what people write and formatting what they read. */

const byteUnits = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  PB: 1e15,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  PiB: 2 ** 50,
} as const

/** ms */
export const day = 24 * 3600e3

const timeUnits = {ms: 1, s: 1e3, m: 60e3, min: 60e3, h: 3600e3, d: day} as const

/** `1TB`, `500 GiB`, `1.5GB` -> bytes; undefined when it is not a size with a unit. */
export function parseBytes(text: string): number | undefined {
  return withUnit(text, byteUnits)
}

/** ms; nobody waits for longer than ten years */
const longestDuration = 3650 * day

/** `10s`, `500ms`, `6h`, `1.5 h` -> milliseconds; undefined when it is no duration with a unit, or one above ten years. */
export function parseDuration(text: string): number | undefined {
  const ms = withUnit(text, timeUnits)
  return ms !== undefined && ms > longestDuration ? undefined : ms
}

/** `80%` -> 0.8; undefined when it is not a percentage from 0 to 100. */
export function parsePercent(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim())
  const percent = match ? Number(match[1]) : Number.NaN
  return percent >= 0 && percent <= 100 ? percent / 100 : undefined
}

function withUnit(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]+)$/.exec(text.trim())
  if (!match) return undefined
  const [, amount, unit] = match
  const factor = Object.hasOwn(units, unit!) ? units[unit!]! : undefined
  return factor === undefined ? undefined : Math.round(Number(amount) * factor)
}

/** 1.5e9 -> `1.5 GB`: decimal units, three significant digits, as disks are sold and riak_core prints rates. */
export function formatBytes(bytes: number): string {
  const names = ['B', 'KB', 'MB', 'GB', 'TB', 'PB']
  let value = bytes
  let unit = 0
  while (Math.abs(value) >= 999.5 && unit < names.length - 1) {
    value /= 1000
    unit += 1
  }
  const digits = unit === 0 || Math.abs(value) >= 99.95 ? 0 : Math.abs(value) >= 9.995 ? 1 : 2
  return `${value.toFixed(digits)} ${names[unit]}`
}

export const formatRate = (bytesPerSecond: number): string => `${formatBytes(bytesPerSecond)}/s`

/** 0.883 -> `88.3 %` */
export const formatShare = (share: number): string => `${Number((share * 100).toFixed(1))} %`

/** 75_000 -> `1 min 15 s`: at most two units, the larger first. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${seconds} s`
  if (seconds < 3600) return twoUnits(Math.floor(seconds / 60), 'min', seconds % 60, 's')
  const minutes = Math.round(seconds / 60)
  if (minutes < 24 * 60) return twoUnits(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
  const hours = Math.round(minutes / 60)
  return twoUnits(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

const twoUnits = (large: number, largeName: string, small: number, smallName: string): string =>
  small === 0 ? `${large} ${largeName}` : `${large} ${largeName} ${small} ${smallName}`

/** A moment as text, wherever one is written: `2026-11-28 18:04 UTC`. @param at ms since 1970 */
export const formatMoment = (at: number, to: 'minute' | 'second' = 'minute'): string =>
  `${new Date(at)
    .toISOString()
    .slice(0, to === 'minute' ? 16 : 19)
    .replace('T', ' ')} UTC`

/** `1 partition`, `3 partitions` */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : plural}`
