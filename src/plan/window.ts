/** The hours of a day in which a batch may begin, by the local time of the machine that asks. Pure. */

/** minutes since midnight; `to` may lie on the next day */
export type Window = {readonly from: number; readonly to: number}

const minute = 60_000

/** `22:00-06:00`; undefined: at any time. The inventory's schema has seen to its form. */
export function parseWindow(text: string | undefined): Window | undefined {
  const match = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(text ?? '')
  if (!match) return undefined
  const [, a, b, c, d] = match.map(Number) as [number, number, number, number, number]
  return {from: a * 60 + b, to: c * 60 + d}
}

const midnight = (at: number): Date => {
  const date = new Date(at)
  date.setHours(0, 0, 0, 0)
  return date
}

/** When the window opens on the day of a moment, ms since 1970. */
function opening({from}: Window, at: number): number {
  const date = midnight(at)
  date.setHours(Math.floor(from / 60), from % 60)
  return date.getTime()
}

const length = ({from, to}: Window): number => ((to - from + 24 * 60) % (24 * 60) || 24 * 60) * minute

/** When the window opened that is open at this moment; undefined: it is closed. */
function openedAt(window: Window, at: number): number | undefined {
  const today = opening(window, at)
  const yesterday = opening(window, midnight(at).getTime() - 1)
  return [today, yesterday].find(opened => opened <= at && at < opened + length(window))
}

export const isOpen = (window: Window | undefined, at: number): boolean =>
  window === undefined || openedAt(window, at) !== undefined

/** The next moment, this one included, at which a batch may begin. */
export function nextOpening(window: Window | undefined, at: number): number {
  if (isOpen(window, at)) return at
  const today = opening(window!, at)
  return today > at ? today : opening(window!, midnight(at).getTime() + 36 * 60 * minute)
}

/** When the day of growth began that a moment belongs to: the opening of its window, else midnight. */
export const growthDay = (window: Window | undefined, at: number): number =>
  (window && openedAt(window, at)) ?? midnight(at).getTime()

/** `2026-12-01` */
export function dateText(at: number): string {
  const date = new Date(at)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
