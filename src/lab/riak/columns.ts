/** Erlang's field formats and `string:centre/2`, as far as Riak's texts use them. */

/** `~-8s` */
export const left = (text: string, width: number): string => text.slice(0, width).padEnd(width)

/** `~8s` */
export const right = (text: string, width: number): string => text.slice(0, width).padStart(width)

/** The odd blank goes to the right; longer texts are cut. */
export function centre(text: string, width: number): string {
  const room = width - text.length
  if (room <= 0) return text.slice(0, width)
  const before = Math.floor(room / 2)
  return ' '.repeat(before) + text + ' '.repeat(room - before)
}

/** `~5.1f` of a share of the ring, in percent */
export const percent = (count: number, of: number): string => right(((count * 100) / of).toFixed(1), 5)

/** A heading between two runs of `=` */
export const heading = (before: number, title: string, after: number): string =>
  `${'='.repeat(before)} ${title} ${'='.repeat(after)}\n`

export const rule = `${'-'.repeat(79)}\n`

/** 3470000 -> `3.31 MB`: powers of 1024 under decimal names, as Riak has it */
export function humanSize(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB']
  let value = bytes
  let unit = 0
  for (; value >= 1024 && unit < units.length - 1; unit += 1) value /= 1024
  return `${value.toFixed(2)} ${units[unit]}`
}

/** Microseconds -> `2.37 s` */
export function humanTime(microseconds: number): string {
  const units = [
    [1000, 'us'],
    [1000, 'ms'],
    [60, 's'],
    [60, 'min'],
    [24, 'hr'],
    [365, 'd'],
  ] as const
  let value = microseconds
  let unit = 0
  for (; unit < units.length - 1 && value >= units[unit]![0]; unit += 1) value /= units[unit]![0]
  return `${value.toFixed(2)} ${units[unit]![1]}`
}

/** `2026-11-23 08:55:49` */
export const dateTime = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ')
