/** `r[02-11]`: names and addresses in runs, so that eighty hosts are a few lines. */

/** Hosts of an inventory, its ranges expanded. */
export const mostHosts = 10_000

/**
 * The texts a pattern stands for, or a sentence that says what is wrong with it. A pattern has at most one range;
 * leading zeros give the width.
 */
export function expandRange(pattern: string): readonly string[] | {readonly problem: string} {
  const match = /^([^[\]]*)\[(\d{1,9})-(\d{1,9})\]([^[\]]*)$/.exec(pattern)
  if (!match) {
    return /[[\]]/.test(pattern)
      ? {
          problem: `${pattern}: a range is written as in r[02-11], one in a name, with no more than nine digits`,
        }
      : [pattern]
  }
  const [, before, first, last, after] = match
  const [from, to] = [Number(first), Number(last)]
  if (from > to) return {problem: `${pattern}: the range runs backwards`}
  if (to - from >= 1000) return {problem: `${pattern}: a range of more than 1000`}
  if (first!.startsWith('0') && first !== '0' && first!.length !== last!.length)
    return {problem: `${pattern}: both ends of a range with leading zeros need the same width`}
  return Array.from(
    {length: to - from + 1},
    (_, at) => before + String(from + at).padStart(first!.length, '0') + after,
  )
}
