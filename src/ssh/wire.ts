/** The strings of SSH's wire format (RFC 4251, section 5): four bytes of length, then the bytes. */

export const wireString = (value: Buffer | string): Buffer => {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

export type WireReader = {
  readonly string: () => Buffer
  readonly number: () => number
  readonly skip: (bytes: number) => void
}

/** Throws a `RangeError` where the bytes end too soon. */
export function wireReader(bytes: Buffer): WireReader {
  let at = 0
  const take = (length: number): Buffer => {
    if (length > bytes.length - at)
      throw new RangeError(`${length} bytes expected, ${bytes.length - at} left`)
    at += length
    return bytes.subarray(at - length, at)
  }
  const number = (): number => take(4).readUInt32BE()
  return {string: () => take(number()), number, skip: take}
}
