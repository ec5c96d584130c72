/**
 * Programs of this machine, run for the harness. Each one dies with the harness, so that nothing it started outlives
 * it, and has an end in time, so that a frozen host cannot hold a test.
 */
import {spawn} from 'node:child_process'

export type Ran = {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export type RunOptions = {
  /** given on stdin; none: stdin is empty */
  readonly input?: string
  /** ms, default two minutes; a program that takes longer is killed and fails */
  readonly timeout?: number
}

/** Runs a program and tells how it ended. Throws when it cannot be started or takes too long. */
export function run(argv: readonly string[], {input = '', timeout = 120_000}: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...argv], {stdio: ['pipe', 'pipe', 'pipe']})
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      // what it started may hold the pipes open: they are not waited for
      child.stdout.destroy()
      child.stderr.destroy()
      reject(new Error(`no end within ${timeout} ms: ${argv.join(' ')}`))
    }, timeout)
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    child.on('error', error => {
      clearTimeout(timer)
      reject(error)
    })
    child.on('close', code => {
      clearTimeout(timer)
      const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString('utf8')
      resolve({code: code ?? 128, stdout: text(stdout), stderr: text(stderr)})
    })
    // a program that does not read its input is no failure
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

/** The same for a program that must do well: throws with what it printed when it does not; returns its stdout. */
export async function must(argv: readonly string[], options?: RunOptions): Promise<string> {
  const {code, stdout, stderr} = await run(argv, options)
  if (code !== 0) throw new Error(`exit ${code}: ${argv.join(' ')}\n${stderr}${stdout}`.trim())
  return stdout
}

/** Polls until `look` gives something; throws after `timeout` ms. What `look` throws counts as not yet. */
export async function eventually<T>(
  what: string,
  {timeout, interval}: {readonly timeout: number; readonly interval: number},
  look: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const end = Date.now() + timeout
  let last: unknown
  for (;;) {
    try {
      const found = await look()
      if (found !== undefined) return found
    } catch (error) {
      last = error
    }
    if (Date.now() >= end) throw new Error(`waited ${timeout / 1000} s in vain: ${what}`, {cause: last})
    await new Promise(resolve => setTimeout(resolve, interval))
  }
}
