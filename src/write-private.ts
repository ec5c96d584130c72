/** Files of ours, for their owner alone unless said otherwise, whatever the umask: no name that somebody has put there before is followed. */
import {randomBytes} from 'node:crypto'
import {closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeSync} from 'node:fs'

/** The file is there whole, on disk, or not at all; of that mode, also where one with another mode was before. */
export function writePrivate(file: string, text: string, mode = 0o600): void {
  const partial = `${file}.${randomBytes(6).toString('hex')}.partial`
  // fails where anything has that name, a link too
  const handle = openSync(partial, 'wx', 0o600)
  try {
    try {
      fchmodSync(handle, mode)
      const bytes = Buffer.from(text)
      for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    renameSync(partial, file)
  } catch (error) {
    rmSync(partial, {force: true})
    throw error
  }
}
