/** Objects of known content, written and read back through Riak's HTTP: the judge of whether data survive. */
import {createCipheriv, createHash} from 'node:crypto'

export type Verified = {
  readonly checked: number
  /** every object that could not be read, or is not what was written, with the reason */
  readonly bad: readonly {readonly key: string; readonly why: string}[]
}

export type VerifyOptions = {
  /**
   * One replica is enough. An ordinary read may say "not found" while a member is down: the empty stand-ins of its
   * two replicas outvote the third.
   */
  readonly anyReplica?: boolean
  /** read through these hosts; default: every member of the cluster that is up */
  readonly through?: readonly number[]
}

export type Objects = {
  /** Writes more objects through the given addresses; throws when one is not accepted. */
  readonly load: (addresses: readonly string[], count: number, bytes: number) => Promise<void>
  /** Reads every object that was ever written. */
  readonly verifyAll: (addresses: readonly string[], anyReplica: boolean) => Promise<Verified>
}

const bucket = 'ringup'

export function trackedObjects(): Objects {
  const written: {readonly key: string; readonly bytes: number}[] = []
  let last = 0
  return {
    load: async (addresses, count, bytes) => {
      const fresh = Array.from({length: count}, () => ({key: `k${++last}`, bytes}))
      await eachInParallel(fresh, async (object, at) => {
        const response = await fetch(url(addresses[at % addresses.length]!, object.key), {
          method: 'PUT',
          headers: {'content-type': 'application/octet-stream'},
          body: content(object.key, bytes),
          signal: AbortSignal.timeout(60_000),
        })
        if (!response.ok)
          throw new Error(`${object.key} not written: ${response.status} ${await response.text()}`)
        written.push(object)
      })
    },
    verifyAll: async (addresses, anyReplica) => {
      const bad: {key: string; why: string}[] = []
      const query = anyReplica ? '?r=1&notfound_ok=false&basic_quorum=false' : ''
      await eachInParallel(written, async ({key, bytes}, at) => {
        const from = `${url(addresses[at % addresses.length]!, key)}${query}`
        const why = await whatIsWrong(from, content(key, bytes))
        if (why !== undefined) bad.push({key, why})
      })
      return {checked: written.length, bad}
    },
  }
}

async function whatIsWrong(from: string, expected: Buffer): Promise<string | undefined> {
  try {
    const response = await fetch(from, {signal: AbortSignal.timeout(60_000)})
    const body = Buffer.from(await response.arrayBuffer())
    if (response.status !== 200) return `${response.status} ${body.toString('utf8', 0, 200)}`
    return body.equals(expected)
      ? undefined
      : `differs: ${body.length} bytes, written were ${expected.length}`
  } catch (error) {
    return `${error} ${(error as Error).cause ?? ''}`
  }
}

const url = (address: string, key: string): string => `http://${address}:8098/buckets/${bucket}/keys/${key}`

/** Bytes that follow from the key alone, so that nothing needs to be remembered, and that do not compress. */
function content(key: string, bytes: number): Buffer {
  const seed = createHash('sha256').update(key).digest()
  const cipher = createCipheriv('aes-128-ctr', seed.subarray(0, 16), seed.subarray(16))
  return cipher.update(Buffer.alloc(bytes))
}

async function eachInParallel<T>(
  items: readonly T[],
  work: (item: T, at: number) => Promise<void>,
): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) await work(items[at]!, at)
  }
  await Promise.all(Array.from({length: 16}, worker))
}
