/**
 * A client for ssh-agent (its protocol: draft-miller-ssh-agent). ssh2's own passes over certificates and hardware
 * keys in silence; here every key that the agent holds is seen.
 */
import {connect} from 'node:net'
import {wireReader, wireString} from './wire.ts'

export type AgentKey = {
  /** the public key or certificate, in the wire format */
  readonly blob: Buffer
  readonly comment: string
}

const message = {failure: 5, requestIdentities: 11, identities: 12, signRequest: 13, signature: 14}

/** Throws an `Error` when the agent does not answer. */
export async function agentKeys(socket: string): Promise<AgentKey[]> {
  const answer = wireReader(await ask(socket, message.identities, Buffer.from([message.requestIdentities])))
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
): Promise<Buffer> {
  const flags = Buffer.from([0, 0, 0, {sha256: 2, sha512: 4, none: 0}[hash ?? 'none']])
  const request = [Buffer.from([message.signRequest]), wireString(blob), wireString(data), flags]
  const answer = wireReader(await ask(socket, message.signature, Buffer.concat(request)))
  const signature = wireReader(answer.string())
  signature.string()
  return signature.string()
}

function ask(path: string, expected: number, request: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    let got = Buffer.alloc(0)
    socket.setTimeout(10_000, () => socket.destroy(new Error('the agent does not answer')))
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the agent closed the connection')))
    socket.on('data', chunk => {
      got = Buffer.concat([got, chunk])
      if (got.length < 4 || got.length < 4 + got.readUInt32BE()) return
      if (got[4] === expected) resolve(got.subarray(5, 4 + got.readUInt32BE()))
      else reject(new Error('the agent refused'))
      socket.destroy()
    })
    socket.write(wireString(request))
  })
}
