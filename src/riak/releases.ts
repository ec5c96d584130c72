/** Releases of Riak whose answers ringup has been shown to understand; others are said, and must be accepted. */

export type ReleaseLine = '2.x' | '3.0' | '3.2' | '3.4'

/** in words */
export const spokenReleases = '2.0 to 2.9, 3.0, 3.2 and 3.4'

/** undefined: not one of them */
export function releaseLine(version: string): ReleaseLine | undefined {
  const [, major, minor] = /^(\d+)\.(\d+)\./.exec(version) ?? []
  if (major === '2') return /^\d$/.test(minor!) ? '2.x' : undefined
  if (major !== '3') return undefined
  return minor === '0' || minor === '2' || minor === '4' ? `3.${minor}` : undefined
}
