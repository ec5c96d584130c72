/**
 * SSH keys in OpenSSH's format, made anew for every practice ring. ssh2 can make keys as well, but drops zeros that a
 * public key begins with: one of 256 such keys cannot be read again.
 */
import {generateKeyPairSync, randomBytes} from 'node:crypto'

export type KeyPair = {
  readonly privateKey: string
  /** `ssh-ed25519 AAAA...` */
  readonly publicKey: string
}

const type = 'ssh-ed25519'

export function newKeyPair(comment: string): KeyPair {
  // as bytes at once: to export from key objects, again and again, waits for ever once in some 100 000 times (Node 20.20)
  const {privateKey, publicKey} = generateKeyPairSync('ed25519', {
    privateKeyEncoding: {type: 'pkcs8', format: 'der'},
    publicKeyEncoding: {type: 'spki', format: 'der'},
  })
  // both end with what is of this key alone
  const [seed, point] = [privateKey.subarray(-32), publicKey.subarray(-32)]
  const publicPart = Buffer.concat([field(type), field(point)])
  return {
    privateKey: armoured(publicPart, seed, point, comment),
    publicKey: `${type} ${publicPart.toString('base64')}`,
  }
}

/** OpenSSH's `openssh-key-v1`, without a passphrase. */
function armoured(publicPart: Buffer, seed: Buffer, point: Buffer, comment: string): string {
  const check = randomBytes(4)
  const secret = Buffer.concat([
    check,
    check,
    publicPart,
    field(Buffer.concat([seed, point])),
    field(comment),
  ])
  const padding = Buffer.from(Array.from({length: (8 - (secret.length % 8)) % 8}, (_, at) => at + 1))
  const one = Buffer.from([0, 0, 0, 1])
  const key = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    field('none'),
    field('none'),
    field(''),
    one,
    field(publicPart),
    field(Buffer.concat([secret, padding])),
  ])
  const lines = key.toString('base64').match(/.{1,70}/g) ?? []
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n')
}

/** A length of four bytes, then the content. */
function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}
