/** The known word nearest to a misspelt one, or undefined when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const allowed = Math.max(1, Math.floor(word.length / 3))
  const ranked = known
    .map(candidate => ({candidate, distance: distance(word.toLowerCase(), candidate.toLowerCase())}))
    .filter(({distance}) => distance <= allowed)
    .sort((a, b) => a.distance - b.distance)
  return ranked[0]?.candidate
}

/** Edits between two words: insert, delete, change, and swap of two neighbours (optimal string alignment). */
function distance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({length: b.length + 1}, (_, at) => at)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const change = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row.push(Math.min(change, last[j]! + 1, row[j - 1]! + 1, swapped ? beforeLast[j - 2]! + 1 : change))
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}
