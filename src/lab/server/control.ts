/**
 * The door to a practice ring that runs in another process: a socket in its folder that takes one request a
 * connection and gives one answer, both JSON. Whoever answers there is the practice ring of that folder, which a
 * process number in a file alone would not prove.
 */
import {createHash} from 'node:crypto'
import {rmSync} from 'node:fs'
import {connect, createServer, type Server} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {OpsError} from '../../errors.ts'
import type {Counters} from '../model/world.ts'
import type {LoggedCommand} from './command-log.ts'
import type {Fault} from './faults.ts'
import type {LabHost} from './start-lab.ts'

export type Request =
  | {readonly ask: 'status'}
  | {readonly ask: 'stop'}
  | {readonly ask: 'fault'; readonly fault: Fault}
  /** lets the cluster's time leap forward, ms */
  | {readonly ask: 'skip'; readonly ms: number}
  /** commands received, from a position on */
  | {readonly ask: 'commands'; readonly from?: number}

export type LabStatus = {
  readonly pid: number
  readonly dir: string
  readonly inventoryFile: string
  readonly speed: number
  /** ms since 1970: of the real clock when it started, and in the cluster now */
  readonly startedAt: number
  readonly clusterTime: number
  readonly hosts: readonly (LabHost & {readonly state: string; readonly partitions: number})[]
  readonly pending: number
  readonly transfers: number
  readonly counters: Counters
}

export type Answer = {
  readonly status?: LabStatus
  readonly commands?: readonly LoggedCommand[]
  readonly error?: string
}

/** A socket's path may not be long: a deep folder has its socket elsewhere. */
export function socketPath(dir: string): string {
  const inDir = join(dir, 'control.sock')
  if (Buffer.byteLength(inDir) <= 100) return inDir
  const name = createHash('sha256').update(dir).digest('hex').slice(0, 16)
  return join(tmpdir(), `ringup-lab-${name}.sock`)
}

/** Rejects with `EADDRINUSE` when somebody else serves this folder. */
export async function serveControl(
  dir: string,
  handle: (request: Request) => Promise<Answer>,
): Promise<Server> {
  const server = createServer({allowHalfOpen: true}, socket => {
    let text = ''
    socket.setEncoding('utf8')
    socket.on('error', () => {})
    socket.setTimeout(30_000, () => socket.destroy())
    socket.on('data', (chunk: string) => {
      text += chunk
    })
    socket.on('end', () => {
      const answering = async (): Promise<Answer> => handle(JSON.parse(text) as Request)
      answering()
        .catch((error: unknown): Answer => ({error: error instanceof Error ? error.message : String(error)}))
        .then(answer => socket.end(JSON.stringify(answer)))
        .catch(() => socket.destroy())
    })
  })
  const path = socketPath(dir)
  try {
    await listen(server, path)
  } catch (error) {
    // a process that was killed leaves its socket behind
    const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
    if (!isTaken || (await askControl(dir, {ask: 'status'}))) throw error
    rmSync(path, {force: true})
    await listen(server, path)
  }
  return server
}

const listen = (server: Server, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      resolve()
    })
  })

/** undefined: nobody answers there */
export function askControl(dir: string, request: Request, timeout = 5000): Promise<Answer | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath(dir))
    let text = ''
    socket.setEncoding('utf8')
    socket.setTimeout(timeout, () => socket.destroy(new Error(`no answer within ${timeout} ms`)))
    socket.on('connect', () => socket.end(JSON.stringify(request)))
    socket.on('data', (chunk: string) => {
      text += chunk
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined)
      else
        reject(
          new OpsError('unreachable', `the practice ring in ${dir} does not answer: ${error.message}`, {
            cause: error,
          }),
        )
    })
    socket.on('close', () => {
      if (text !== '') resolve(JSON.parse(text) as Answer)
    })
  })
}
