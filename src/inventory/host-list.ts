/** Names of hosts in few words: `r01-r40,r42`. */

/** Neighbours by number are drawn together; the order is that of the names given. */
export function hostList(names: readonly string[]): string {
  const parts: {first: string; last: string}[] = []
  for (const name of names) {
    const run = parts.at(-1)
    if (run && follows(run.last, name)) run.last = name
    else parts.push({first: name, last: name})
  }
  return parts.map(({first, last}) => (first === last ? first : `${first}-${last}`)).join(',')
}

function follows(one: string, other: string): boolean {
  const [a, b] = [one, other].map(name => /^(.*?)(\d+)$/.exec(name))
  return (
    a != null &&
    b != null &&
    a[1] === b[1] &&
    a[2]!.length === b[2]!.length &&
    Number(b[2]) === Number(a[2]) + 1
  )
}
