/** Folders and processes of torture, so that an interrupted one leaves neither behind. */
import type {ChildProcess} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

const folders = new Set<string>()
const children = new Set<ChildProcess>()

/** A folder that is gone when `work` has ended, or the process. */
export async function inFolder<T>(name: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), `ringup-${name}-`))
  folders.add(folder)
  try {
    return await work(folder)
  } finally {
    remove(folder)
  }
}

/** The process is ended with this one. */
export function watched<Child extends ChildProcess>(child: Child): Child {
  children.add(child)
  child.on('close', () => children.delete(child))
  return child
}

function remove(folder: string): void {
  rmSync(folder, {recursive: true, force: true})
  folders.delete(folder)
}

process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
  for (const folder of folders) remove(folder)
})
