/**
 * User certificates (PROTOCOL.certkeys of OpenSSH) and the first request of an authentication: ssh2 can do neither by
 * itself, and is helped where it writes that request.
 */
import {existsSync, readFileSync} from 'node:fs'
import ssh2, {type Client, type ParsedKey} from 'ssh2'
import {keyTypeOf} from './known-hosts.ts'
import {wireReader, wireString} from './wire.ts'

const {utils} = ssh2
const suffix = '-cert-v01@openssh.com'

export const isCertificate = (blob: Buffer): boolean => keyTypeOf(blob).endsWith(suffix)

/**
 * The plain public key inside a certificate: its type, then the fields between the nonce and the serial number.
 * Undefined for one that is cut off, or of a type that is not known.
 */
export function certifiedKey(certificate: Buffer): Buffer | undefined {
  try {
    return keyInside(certificate)
  } catch {
    return undefined
  }
}

/** Undefined when there is none; one that cannot be used is named, and nothing else is lost with it. */
export function certificateFrom(file: string, leftOut: string[]): Buffer | undefined {
  if (!existsSync(file)) return undefined
  try {
    const [, data = ''] = readFileSync(file, 'utf8').trim().split(/\s+/)
    const blob = Buffer.from(data, 'base64')
    if (isCertificate(blob) && (keyTypeOf(blob).startsWith('sk-') || certifiedKey(blob) !== undefined))
      return blob
    leftOut.push(`the certificate ${file} is damaged, or of a type that is not known`)
  } catch (error) {
    leftOut.push(`the certificate ${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`)
  }
  return undefined
}

function keyInside(certificate: Buffer): Buffer | undefined {
  const reader = wireReader(certificate)
  const type = reader.string().toString('latin1').slice(0, -suffix.length)
  reader.string()
  const fields: Readonly<Record<string, number>> = {'ssh-ed25519': 1, 'ssh-rsa': 2}
  const count = fields[type] ?? (type.startsWith('ecdsa-sha2-') ? 2 : undefined)
  if (count === undefined) return undefined
  return Buffer.concat([
    wireString(type),
    ...Array.from({length: count}, () => wireString(Buffer.from(reader.string()))),
  ])
}

const plainAlgorithm = Symbol('the algorithm of the signature below a certificate')
type Certified = ParsedKey & {[plainAlgorithm]?: string}

/** A key that shows its certificate instead of itself. RSA signs with SHA-512, as OpenSSH wants it. */
export function withCertificate(key: ParsedKey, certificate: Buffer): ParsedKey {
  const type = wireReader(certificate).string().toString('latin1')
  const plain = type.slice(0, -suffix.length)
  const rsa = plain === 'ssh-rsa'
  return Object.create(key, {
    type: {value: rsa ? `rsa-sha2-512${suffix}` : type},
    getPublicSSH: {value: () => certificate},
    [plainAlgorithm]: {value: rsa ? 'rsa-sha2-512' : plain},
  }) as ParsedKey
}

/** The first key that the bytes hold. Never throws, whatever they are. */
export function parsedKey(bytes: Buffer, passphrase?: string): ParsedKey | Error {
  try {
    const parsed = utils.parseKey(bytes, passphrase) as ParsedKey | ParsedKey[] | Error
    return (Array.isArray(parsed) ? parsed[0] : parsed) ?? new Error('no key')
  } catch (error) {
    return error as Error
  }
}

/** A key or certificate as ssh2 wants to see one, without its private half. */
export function publicKey(blob: Buffer): ParsedKey | undefined {
  const plain = isCertificate(blob) ? certifiedKey(blob) : blob
  if (plain === undefined || keyTypeOf(plain) === 'unknown') return undefined
  const key = parsedKey(plain)
  if (key instanceof Error) return undefined
  return isCertificate(blob) ? withCertificate(key, blob) : key
}

type Sign = (data: Buffer, done: (signature: Buffer) => void) => void
type Protocol = {
  authPK: (user: string, key: ParsedKey, algorithm?: string | Sign, sign?: Sign) => void
  _handlers: {GLOBAL_REQUEST?: ((...args: unknown[]) => void) | undefined}
  _packetRW: {
    write: {
      allocStart: number
      alloc: (bytes: number) => Buffer
      finalize: (packet: Buffer, force?: boolean) => Buffer
    }
  }
}

/**
 * To be called after `connect()`. Certificates are signed for by the name of the plain algorithm; a private key that
 * is at hand signs at once, without asking first whether it is wanted (a round trip less); and the server is not made
 * to prove all its other host keys, which costs three signatures a connection and teaches us nothing.
 */
export function helpProtocol(client: Client): void {
  const protocol = (client as unknown as {_protocol: Protocol})._protocol
  const write = protocol.authPK.bind(protocol)
  protocol.authPK = (user, key: Certified, algorithmOrSign, given) => {
    const algorithm = typeof algorithmOrSign === 'string' ? algorithmOrSign : undefined
    const passed = typeof algorithmOrSign === 'function' ? algorithmOrSign : given
    const sign = passed ?? atHand(key, algorithm)
    if (!sign) return write(user, key, algorithm)
    const plain = key[plainAlgorithm]
    if (plain === undefined) return write(user, key, algorithm, sign)
    write(user, key, algorithm, (data, done) =>
      sign(data, signature => {
        const writer = protocol._packetRW.write
        const {finalize} = writer
        writer.finalize = packet => {
          writer.finalize = finalize
          const body = [wireString(plain), wireString(plainSignature(signature, plain))]
          const start = writer.allocStart
          const head = packet.subarray(start, start + headLength(user, key))
          const payload = Buffer.concat([head, wireString(Buffer.concat(body))])
          const whole = writer.alloc(payload.length)
          whole.set(payload, writer.allocStart)
          return finalize.call(writer, whole)
        }
        done(signature)
      }),
    )
  }
  const handle = protocol._handlers.GLOBAL_REQUEST
  protocol._handlers.GLOBAL_REQUEST = (...args) => {
    if (args[1] !== 'hostkeys-00@openssh.com') handle?.(...args)
  }
}

/** RFC 4252, section 7: type, user, service, method, flag, algorithm, key. */
const headLength = (user: string, key: ParsedKey): number =>
  1 + 4 + Buffer.byteLength(user) + 4 + 14 + 4 + 9 + 1 + 4 + key.type.length + 4 + key.getPublicSSH().length

function atHand(key: Certified, algorithm: string | undefined): Sign | undefined {
  if (!key.isPrivateKey()) return undefined
  const name = key[plainAlgorithm] ?? algorithm
  const hash = name === 'rsa-sha2-512' ? 'sha512' : name === 'rsa-sha2-256' ? 'sha256' : undefined
  return (data, done) => {
    const signature = key.sign(data, hash) as Buffer | Error
    if (signature instanceof Error) throw signature
    done(signature)
  }
}

/** ECDSA as SSH writes it (two numbers), from ASN.1, which begins with 0x30. */
function plainSignature(signature: Buffer, algorithm: string): Buffer {
  if (!algorithm.startsWith('ecdsa-') || signature[0] !== 0x30) return signature
  let at = signature[1]! & 0x80 ? 2 + (signature[1]! & 0x7f) : 2
  const integer = (): Buffer => {
    const length = signature[at + 1]!
    at += 2 + length
    return wireString(signature.subarray(at - length, at))
  }
  return Buffer.concat([integer(), integer()])
}
