// Loaded before ringup (`node --import`): halts the process at one write of its journal and waits there for whoever
// tortures it. RINGUP_TORTURE is `N before|after|torn FOLDER`: the Nth line, or the first whose type, step and command
// (`write-sent commit riak admin cluster commit`) contain N, URI-encoded; FOLDER is where both meet. Every write fails
// once there is a file `full` in it. A number in the file `go` is for how many ms the process was asleep, by its clock,
// and RINGUP_AHEAD for how many it is ahead from the start.
import fs from 'node:fs'
import {syncBuiltinESMExports} from 'node:module'
import {join} from 'node:path'

const now = Date.now.bind(Date)
let ahead = Number(process.env.RINGUP_AHEAD ?? 0)
Date.now = () => now() + ahead

const [wanted, when, folder] = (process.env.RINGUP_TORTURE ?? '').split(' ')
if (folder) {
  const {openSync, writeSync, fsyncSync} = fs
  const journals = new Set()
  let count = 0
  let here = false
  let halted = false
  const isWanted = line => {
    if (/^\d+$/.test(wanted)) return count === Number(wanted)
    const {type, step = '', argv = []} = JSON.parse(line)
    return [type, step, ...argv].join(' ').includes(decodeURIComponent(wanted))
  }
  const halt = () => {
    halted = true
    here = false
    fs.writeFileSync(join(folder, 'reached'), '')
    const go = join(folder, 'go')
    const cell = new Int32Array(new SharedArrayBuffer(4))
    while (!fs.existsSync(go)) Atomics.wait(cell, 0, 0, 5)
    ahead += Number(fs.readFileSync(go, 'utf8'))
  }
  const refuse = () => {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), {code: 'ENOSPC'})
  }
  fs.openSync = (path, ...rest) => {
    const handle = openSync(path, ...rest)
    if (String(path).endsWith('.jsonl')) journals.add(handle)
    return handle
  }
  fs.writeSync = (handle, data, ...rest) => {
    if (!journals.has(handle)) return writeSync(handle, data, ...rest)
    count += 1
    here = !halted && isWanted(String(data))
    if (here && when === 'before') halt()
    if (here && when === 'torn') {
      writeSync(handle, data, 0, Math.floor(data.length / 2))
      fsyncSync(handle)
      halt()
    }
    if (fs.existsSync(join(folder, 'full'))) refuse()
    return writeSync(handle, data, ...rest)
  }
  fs.fsyncSync = handle => {
    fsyncSync(handle)
    if (journals.has(handle) && here && when === 'after') halt()
  }
  syncBuiltinESMExports()
}
