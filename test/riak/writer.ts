/** A client that goes on writing while a cluster is tortured, and remembers what was acknowledged. */
import type {RealCluster} from './cluster.ts'

export type Writer = {
  readonly acknowledged: () => number
  /** reads of acknowledged writes that gave back what was written, while the cluster was tortured */
  readonly reads: () => number
  /** acknowledged writes that cannot be read any more, with the reason; the cluster must be whole */
  readonly lost: () => Promise<string[]>
  readonly stop: () => void
}

export function openWriter(cluster: RealCluster): Writer {
  const written: string[] = []
  let going = true
  let last = 0
  let reads = 0
  const url = (host: number, key: string): string =>
    `http://${cluster.host(host).address}:8098/buckets/torture/keys/${key}`
  const write = async (): Promise<void> => {
    while (going) {
      const key = `w${++last}`
      try {
        const response = await fetch(url(1 + (last % 3), key), {
          method: 'PUT',
          headers: {'content-type': 'text/plain'},
          body: `value of ${key}`,
          signal: AbortSignal.timeout(3000),
        })
        await response.arrayBuffer()
        if (response.ok) written.push(key)
      } catch {
        // not acknowledged: nobody may count on it
      }
      await read()
      await pause(60)
    }
  }
  const read = async (): Promise<void> => {
    const key = written[Math.floor(written.length / 2)]
    if (key === undefined) return
    try {
      const response = await fetch(url(1 + (last % 3), key), {signal: AbortSignal.timeout(3000)})
      if ((await response.text()) === `value of ${key}`) reads += 1
    } catch {
      // a member that is away answers nothing; what counts is read again in the end
    }
  }
  void write()
  return {
    acknowledged: () => written.length,
    reads: () => reads,
    lost: async () => {
      const lost: string[] = []
      for (const key of [...written]) {
        const why = await readAgain(url(1, key), `value of ${key}`)
        if (why !== undefined) lost.push(`${key}: ${why}`)
      }
      return lost
    },
    stop: () => {
      going = false
    },
  }
}

/** A read may fail for a moment while nodes come back: only one that goes on failing is a loss. */
async function readAgain(url: string, expected: string): Promise<string | undefined> {
  let why: string | undefined
  for (let tries = 0; tries < 20; tries += 1) {
    try {
      const response = await fetch(url, {signal: AbortSignal.timeout(5000)})
      const text = await response.text()
      if (response.ok && text === expected) return undefined
      why = `${response.status} ${text.slice(0, 60)}`
    } catch (error) {
      why = (error as Error).message
    }
    await pause(500)
  }
  return why
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
