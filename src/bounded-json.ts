/** JSON of others: as large as a file may be, it must not become much more in memory. */

/** A plan for 65 536 partitions has 500 000 objects and lists, and two million values. */
const most = {nested: 1_000_000, values: 5_000_000}

/** The value. Throws an `Error` that says why there is none. */
export function parseJson(text: string): unknown {
  let nested = 0
  let values = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    // those in strings count as well: honest files have few
    if (code === 0x7b || code === 0x5b) nested += 1
    else if (code === 0x2c) values += 1
  }
  if (nested > most.nested) throw new Error(`it has more than ${most.nested} objects and lists`)
  if (values > most.values) throw new Error(`it has more than ${most.values} values`)
  return JSON.parse(text)
}
