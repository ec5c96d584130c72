/** CHANGELOG.md: what waits to be released, and how it becomes a release. Pure. */

type Version = readonly [number, number, number]

const unreleased = /^## Unreleased\n(?<entries>[\s\S]*?)(?=^## |(?![\s\S]))/m

/** `1.2.3`; undefined for anything else, prereleases included. */
function versionOf(text: string): Version | undefined {
  const [, ...parts] = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.exec(text) ?? []
  return parts.length === 3 ? [Number(parts[0]), Number(parts[1]), Number(parts[2])] : undefined
}

/** The highest version that has a dated heading or a tag `v1.2.3`; undefined when nothing was released. */
export function lastRelease(changelog: string, tags: readonly string[]): string | undefined {
  const dated = [...changelog.matchAll(/^## (\S+) \(\d{4}-\d\d-\d\d\)$/gm)].map(([, version]) => version!)
  const tagged = tags.filter(tag => tag.startsWith('v')).map(tag => tag.slice(1))
  return [...dated, ...tagged]
    .filter(version => versionOf(version) !== undefined)
    .sort(byVersion)
    .at(-1)
}

/** Why this version cannot be released now; undefined when it can. */
export function refusal(
  version: string,
  {changelog, tags}: {readonly changelog: string; readonly tags: readonly string[]},
): string | undefined {
  if (versionOf(version) === undefined) return `${JSON.stringify(version)} is not a version such as 1.2.3`
  const last = lastRelease(changelog, tags)
  if (last !== undefined && byVersion(version, last) <= 0)
    return `${version} is not above the last release, ${last}`
  const entries = unreleased.exec(changelog)?.groups?.entries
  if (entries === undefined) return 'CHANGELOG.md has no section "## Unreleased"'
  return /^- \S/m.test(entries) ? undefined : 'CHANGELOG.md has no entry under "## Unreleased"'
}

/**
 * What was unreleased is the version's, below an empty section for what comes next.
 * @param day YYYY-MM-DD
 */
export const asReleased = (changelog: string, version: string, day: string): string =>
  changelog.replace(unreleased, (_, entries: string) => `## Unreleased\n\n## ${version} (${day})\n${entries}`)

function byVersion(a: string, b: string): number {
  const [left, right] = [versionOf(a)!, versionOf(b)!]
  const at = left.findIndex((part, index) => part !== right[index])
  return at < 0 ? 0 : left[at]! - right[at]!
}
