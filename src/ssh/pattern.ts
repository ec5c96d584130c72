/** OpenSSH's patterns, as ssh_config and known_hosts both have them. */

/** `*` is any run of characters, `?` is one. */
export function wildcard(pattern: string): (text: string) => boolean {
  if (!/[*?]/.test(pattern)) return text => text === pattern
  // a run of stars is one: else a hostile pattern could take for ever
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.')
  const expression = new RegExp(`^${source}$`, 's')
  return text => expression.test(text)
}

/** A list of patterns: one must match, and none that begins with `!`. Case does not count. */
export function patternList(patterns: readonly string[]): (text: string) => boolean {
  const tests = patterns.map(pattern => {
    const negated = pattern.startsWith('!')
    return {negated, test: wildcard((negated ? pattern.slice(1) : pattern).toLowerCase())}
  })
  return text => {
    const matching = tests.filter(({test}) => test(text.toLowerCase()))
    return matching.length > 0 && !matching.some(({negated}) => negated)
  }
}
