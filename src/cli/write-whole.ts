import {renameSync, rmSync, writeFileSync} from 'node:fs'
import {OpsError} from '../errors.ts'

/** The file is there whole or not at all; mode 0600. Throws an `OpsError` (exit 64) when it cannot be written. */
export function writeWhole(file: string, text: string): void {
  const partial = `${file}.${process.pid}.partial`
  try {
    writeFileSync(partial, text, {mode: 0o600})
    renameSync(partial, file)
  } catch (error) {
    rmSync(partial, {force: true})
    throw new OpsError('usage', `${file} cannot be written: ${(error as NodeJS.ErrnoException).code}`, {
      cause: error,
    })
  }
}
