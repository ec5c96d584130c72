/**
 * A client for ssh-agent (its protocol: draft-miller-ssh-agent). ssh2's own passes over certificates and hardware
 * keys in silence; here every key that the agent holds is seen.
 */
import {connect} from 'node:net'
import {later} from '../timer.ts'
import {wireReader, wireString} from './wire.ts'

export type AgentKey = {
  /** the public key or certificate, in the wire format */
  readonly blob: Buffer
  readonly comment: string
}

const message = {failure: 5, requestIdentities: 11, identities: 12, signRequest: 13, signature: 14}

/** @param ms until it must have answered. Throws an `Error` when it does not, or not as an agent does. */
export async function agentKeys(socket: string, ms: number): Promise<AgentKey[]> {
  const request = Buffer.from([message.requestIdentities])
  const answer = wireReader(await ask(socket, message.identities, request, ms))
  const keys: AgentKey[] = []
  for (let left = answer.number(); left > 0; left -= 1)
    keys.push({blob: answer.string(), comment: answer.string().toString('utf8')})
  return keys
}

/** The signature's bytes, without its format. `hash` is for RSA keys. */
export async function agentSignature(
  socket: string,
  blob: Buffer,
  data: Buffer,
  hash: 'sha256' | 'sha512' | undefined,
  ms: number,
): Promise<Buffer> {
  const flags = Buffer.from([0, 0, 0, {sha256: 2, sha512: 4, none: 0}[hash ?? 'none']])
  const request = [Buffer.from([message.signRequest]), wireString(blob), wireString(data), flags]
  const answer = wireReader(await ask(socket, message.signature, Buffer.concat(request), ms))
  const signature = wireReader(answer.string())
  signature.string()
  return signature.string()
}

/** bytes; OpenSSH's own agents answer with no more */
const most = 256 * 1024

function ask(path: string, expected: number, request: Buffer, ms: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    let got = Buffer.alloc(0)
    const timer = later(ms, () => socket.destroy(new Error('the agent does not answer')))
    socket.on('error', reject)
    socket.on('close', () => {
      timer.clear()
      reject(new Error('the agent closed the connection'))
    })
    socket.on('data', chunk => {
      got = Buffer.concat([got, chunk])
      if (got.length < 4) return
      const length = got.readUInt32BE()
      if (length > most) reject(new Error(`the agent announced an answer of ${length} bytes`))
      else if (got.length < 4 + length) return
      else if (got[4] === expected) resolve(got.subarray(5, 4 + length))
      else reject(new Error('the agent refused'))
      socket.destroy()
    })
    socket.write(wireString(request))
  })
}
