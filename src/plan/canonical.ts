/** The same value always as the same bytes, and a digest of them. */
import {createHash} from 'node:crypto'

/** JSON with keys in order and nothing undefined. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(item => canonical(item)).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`
  }
  // JSON has no such numbers, and would have them look like null
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : JSON.stringify(value)
}

/** `sha256:` and 64 hexadecimal digits. */
export const digestOf = (value: unknown): string =>
  `sha256:${createHash('sha256').update(canonical(value)).digest('hex')}`

/** Whether a plan or a campaign is as it was when it was made. */
export function hasItsDigest(value: {readonly digest: string}): boolean {
  const {digest, ...content} = value
  return digestOf(content) === digest
}
