import {OpsError} from '../errors.ts'
import {writePrivate} from '../write-private.ts'

/** The file is there whole or not at all; mode 0600. Throws an `OpsError` (exit 64) when it cannot be written. */
export function writeWhole(file: string, text: string): void {
  try {
    writePrivate(file, text)
  } catch (error) {
    throw new OpsError('usage', `${file} cannot be written: ${(error as NodeJS.ErrnoException).code}`, {
      cause: error,
    })
  }
}
